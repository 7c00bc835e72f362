using System.Buffers.Binary;
using System.Text;

namespace NnAnalyzers.Companion;

/// <summary>The symbol versions a 64-bit little-endian ELF library needs (section .gnu.version_r; System V gABI, LSB 10.7).</summary>
internal static class ElfVersions
{
    private const uint VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Marks a needed version as weak, so that the loader goes on without it; answers how many marks were set.</summary>
    public static int MakeWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1) return 0;
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3A..]), count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3C..]);
        var marked = 0;
        for (var i = 0; i < count; i++)
        {
            var header = elf[(sections + i * size)..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != VersionNeeds) continue;
            var names = (int)BinaryPrimitives.ReadUInt64LittleEndian(
                elf[(sections + (int)BinaryPrimitives.ReadUInt32LittleEndian(header[0x28..]) * size + 0x18)..]);
            var need = (int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]);
            while (true)
            {
                var auxiliary = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 8)..]);
                for (var left = BinaryPrimitives.ReadUInt16LittleEndian(elf[(need + 2)..]); left > 0; left--)
                {
                    var name = elf[(names + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 8)..]))..];
                    if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version)
                    {
                        var flags = elf[(auxiliary + 4)..];
                        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                        marked++;
                    }
                    auxiliary += (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 12)..]);
                }
                var next = (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 12)..]);
                if (next == 0) break;
                need += next;
            }
        }
        return marked;
    }
}
