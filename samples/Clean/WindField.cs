using NnAnalyzers.Companion;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Wind over a field from a picture of its clouds: direction as cosine and sine, strength from 0 to 1. What it shows is drawn so that
/// nothing is cut off: the direction comes round in its colors, errors grow in brightness, and what becomes bytes was scaled to fit.
/// </summary>
public static class WindField
{
    private const int Size = 16;

    private sealed class Network : Module<Tensor, (Tensor Direction, Tensor Strength)>
    {
        private readonly Conv2d features = Conv2d(1, 16, 3, padding: 1), more = Conv2d(16, 16, 3, padding: 1);
        private readonly Conv2d direction = Conv2d(16, 2, 1), strength = Conv2d(16, 1, 1);

        public Network() : base(nameof(Network)) => RegisterComponents();

        /// <summary>Of the first layer, to be looked at.</summary>
        public Tensor Features(Tensor clouds) => functional.relu(features.forward(clouds));

        public override (Tensor Direction, Tensor Strength) forward(Tensor clouds)
        {
            var x = functional.relu(more.forward(Features(clouds)));
            return (direction.forward(x), strength.forward(x));
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var angle = rand(32, 1, 1, 1, device: run.Device) * (2 * Math.PI);
        var force = rand(32, 1, Size, Size, device: run.Device);
        var along = arange(Size, dtype: float32, device: run.Device) / Size;
        var clouds = sin(along * 9 * angle.cos() + along.unsqueeze(1) * 9 * angle.sin()) * force;
        var wind = cat([angle.cos(), angle.sin()], 1).expand(32, 2, Size, Size);

        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (direction, strength) = model.forward(clouds);
            var loss = functional.mse_loss(direction, wind) + functional.mse_loss(strength, force);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
        using var _ = no_grad();
        Show(model, clouds.narrow(0, 0, 1), force.narrow(0, 0, 1), run.Folder);
    }

    private static void Show(Network model, Tensor clouds, Tensor force, string folder)
    {
        var (direction, strength) = model.forward(clouds);
        var angle = atan2(direction[0, 1], direction[0, 0]) * (180 / Math.PI);
        Draw(angle, OxyPalettes.Hue(64), -180, 180, Path.Combine(folder, "direction.svg"));
        var error = (strength - force).abs()[0, 0];
        Draw(error, OxyPalettes.Viridis(64), 0, error.max().ToDouble(), Path.Combine(folder, "error.svg"));

        // Targets from 0 to 1: what lies beyond is wrong, and not to be seen.
        Save((strength[0, 0].clamp(0, 1) * 255).to(uint8), Path.Combine(folder, "strength.pgm"));
        var map = model.Features(clouds)[0, 0];
        map = (map - map.min()) / (map.max() - map.min() + 1e-8);
        Save((map * 255).to(uint8), Path.Combine(folder, "feature.pgm"));
    }

    private static void Draw(Tensor map, OxyPalette palette, double low, double high, string path)
    {
        var (rows, columns) = (map.shape[0], map.shape[1]);
        var values = new double[columns, rows];
        using var numbers = map.to(float64).cpu();
        for (var y = 0; y < rows; y++)
            for (var x = 0; x < columns; x++) values[x, y] = numbers[y, x].item<double>();
        var plot = new PlotModel();
        plot.Axes.Add(new LinearColorAxis { Palette = palette, Minimum = low, Maximum = high });
        plot.Series.Add(new HeatMapSeries { X0 = 0, X1 = columns - 1, Y0 = 0, Y1 = rows - 1, Data = values, Interpolate = false });
        using var file = File.Create(path);
        new SvgExporter { Width = 320, Height = 320 }.Export(plot, file);
    }

    private static void Save(Tensor picture, string path)
    {
        using var file = File.Create(path);
        file.Write(System.Text.Encoding.ASCII.GetBytes($"P5 {picture.shape[1]} {picture.shape[0]} 255\n"));
        file.Write(picture.cpu().contiguous().data<byte>().ToArray());
    }
}
