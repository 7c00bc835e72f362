// Pictures of filled squares, frames and crosses, used by Program.cs.
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

namespace Shapes.Data
{
    public class ShapeDataset : utils.data.Dataset
    {
        public const int Classes = 3, Size = 16;
        private readonly float[][] pictures;
        private readonly long[] labels;

        public ShapeDataset(int count, int seed)
        {
            var random = new Random(seed);
            pictures = new float[count][];
            labels = new long[count];
            for (int i = 0; i < count; i++)
            {
                labels[i] = random.Next(Classes);
                pictures[i] = Draw(random, labels[i]);
            }
        }

        public override long Count => labels.Length;

        public override Dictionary<string, Tensor> GetTensor(long index)
        {
            return new Dictionary<string, Tensor>
            {
                ["data"] = tensor(pictures[index], new long[] { 1, Size, Size }),
                ["label"] = tensor(labels[index])
            };
        }

        private static float[] Draw(Random random, long label)
        {
            var picture = new float[Size * Size];
            int side = random.Next(6, 11), top = random.Next(Size - side), left = random.Next(Size - side);
            for (int y = 0; y < Size; y++)
                for (int x = 0; x < Size; x++)
                {
                    int dy = y - top, dx = x - left;
                    bool inside = dy >= 0 && dy < side && dx >= 0 && dx < side;
                    bool edge = inside && (dy == 0 || dx == 0 || dy == side - 1 || dx == side - 1);
                    bool cross = inside && (dy == side / 2 || dx == side / 2);
                    bool ink = label switch { 0 => inside, 1 => edge, _ => cross };
                    // From 0..1 to about -1..1.
                    picture[y * Size + x] = ((ink ? 1f : 0f) + 0.1f * (float)random.NextDouble() - 0.5f) / 0.5f;
                }
            return picture;
        }
    }
}
