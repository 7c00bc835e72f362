// Factors of a table of ratings, trained on all of it until the loss moves no more or the steps run out.
//
// site Main: while steps are left and the loss still moves, at most 1000 times
//   forward model; mse_loss; zero_grad(optimizer); backward; step(optimizer)
//   before: train(model)
//   after: eval(model); no_grad; forward model; mse_loss
using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal sealed class Factors : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding users, films, userBias, filmBias;

    public Factors(long userCount, long filmCount, long rank) : base("factors")
    {
        users = Embedding(userCount, rank);
        films = Embedding(filmCount, rank);
        userBias = Embedding(userCount, 1);
        filmBias = Embedding(filmCount, 1);
        init.normal_(users.weight!, 0, 0.1);
        init.normal_(films.weight!, 0, 0.1);
        init.zeros_(userBias.weight!);
        init.zeros_(filmBias.weight!);
        RegisterComponents();
    }

    public override Tensor forward(Tensor user, Tensor film)
    {
        var affinity = (users.forward(user) * films.forward(film)).sum(1);
        return affinity + userBias.forward(user).squeeze(1) + filmBias.forward(film).squeeze(1);
    }
}

internal static class Program
{
    private const int MaxSteps = 1000;
    private const double Tolerance = 1e-5;

    private static void Main()
    {
        random.manual_seed(310);
        const int userCount = 60, filmCount = 40, known = 1400;
        using var taste = randn(userCount, 3);
        using var style = randn(filmCount, 3);
        using var cells = randperm(userCount * filmCount);
        using var user = cells.div(filmCount, RoundingMode.floor);
        using var film = cells.remainder(filmCount);
        using var liking = (taste.index_select(0, user) * style.index_select(0, film)).sum(1) / Math.Sqrt(3);
        using var rating = liking + 0.1 * randn_like(liking);

        using var model = new Factors(userCount, filmCount, rank: 4);
        using var optimizer = optim.Adam(model.parameters(), lr: 0.02, weight_decay: 1e-5);
        model.train();
        var step = 0;
        var last = double.MaxValue;
        var change = double.MaxValue;
        while (step < MaxSteps && change > Tolerance)
        {
            using var scope = NewDisposeScope();
            var prediction = model.forward(user[..known], film[..known]);
            var loss = functional.mse_loss(prediction, rating[..known]);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();

            double current = loss.item<float>();
            change = Math.Abs(last - current);
            last = current;
            step++;
            if (step % 50 == 0) Console.WriteLine($"{step}: {current:F5}");
        }
        Console.WriteLine(change <= Tolerance ? $"converged after {step} steps" : $"stopped after {MaxSteps} steps");

        model.eval();
        using (no_grad())
        {
            using var prediction = model.forward(user[known..], film[known..]);
            using var error = functional.mse_loss(prediction, rating[known..]);
            Console.WriteLine($"unseen ratings: {error.item<float>():F4}");
        }
    }
}
