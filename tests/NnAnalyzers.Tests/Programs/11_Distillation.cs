// A large teacher is trained on the labels, then a small student learns from the teacher's softened answers and from the labels.
//
// site TrainTeacher: foreach (x, y) in batches (inside for epoch, 6 times)
//   zero_grad(optimizer); forward teacher; cross_entropy; backward; step(optimizer)
//   before: train(teacher)
// site Distil: foreach (x, y) in batches (inside for epoch, 10 times)
//   no_grad; forward teacher; forward student; kl_div, cross_entropy, summed; zero_grad(optimizer); backward; step(optimizer)
//   before: eval(teacher); each epoch: train(student)
//   after each epoch: eval(student); no_grad; forward student
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

static class Networks
{
    public static Module<Tensor, Tensor> Teacher() => Sequential(
        Linear(20, 128), ReLU(), Dropout(0.3), Linear(128, 128), ReLU(), Dropout(0.3), Linear(128, 6));

    public static Module<Tensor, Tensor> Student() => Sequential(Linear(20, 16), ReLU(), Linear(16, 6));
}

static class Program
{
    const double Temperature = 4, Alpha = 0.7;

    static void Main()
    {
        manual_seed(8);
        var centres = randn(6, 20);
        var labels = randint(0, 6, 1200, dtype: int64);
        var inputs = (centres.index_select(0, labels) + randn(1200, 20)) / Math.Sqrt(2);
        var (teacher, student) = (Networks.Teacher(), Networks.Student());
        TrainTeacher(teacher, inputs[..1000], labels[..1000]);
        Distil(teacher, student, inputs[..1000], labels[..1000], inputs[1000..], labels[1000..]);
    }

    static IEnumerable<(Tensor X, Tensor Y)> Batches(Tensor inputs, Tensor labels)
    {
        using var order = randperm(inputs.shape[0]);
        foreach (var rows in order.chunk(20))
        {
            using (rows) yield return (inputs.index_select(0, rows), labels.index_select(0, rows));
        }
    }

    static void TrainTeacher(Module<Tensor, Tensor> teacher, Tensor inputs, Tensor labels)
    {
        using var optimizer = optim.Adam(teacher.parameters(), lr: 1e-3, weight_decay: 1e-4);
        teacher.train();
        for (var epoch = 0; epoch < 6; epoch++)
        {
            using var scope = NewDisposeScope();
            foreach (var (x, y) in Batches(inputs, labels))
            {
                optimizer.zero_grad();
                cross_entropy(teacher.forward(x), y).backward();
                optimizer.step();
            }
        }
    }

    static void Distil(
        Module<Tensor, Tensor> teacher, Module<Tensor, Tensor> student, Tensor inputs, Tensor labels, Tensor testX, Tensor testY)
    {
        using var optimizer = optim.Adam(student.parameters(), lr: 3e-3);
        teacher.eval();
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            using var scope = NewDisposeScope();
            student.train();
            foreach (var (x, y) in Batches(inputs, labels))
            {
                Tensor soft;
                using (no_grad()) soft = log_softmax(teacher.forward(x) / Temperature, 1);
                var logits = student.forward(x);
                var guess = log_softmax(logits / Temperature, 1);
                var imitation = kl_div(guess, soft, log_target: true, reduction: Reduction.Sum) / x.shape[0];
                var loss = Alpha * Temperature * Temperature * imitation + (1 - Alpha) * cross_entropy(logits, y);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }

            student.eval();
            using var evaluation = no_grad();
            var accuracy = student.forward(testX).argmax(1).eq(testY).to(float32).mean().item<float>();
            Console.WriteLine($"epoch {epoch}: student {accuracy:P1}");
        }
    }
}
