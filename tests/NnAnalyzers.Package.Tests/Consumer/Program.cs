using static TorchSharp.torch;
using static TorchSharp.torch.nn;

NnAnalyzers.Companion.TorchLibrary.Load(); // also on systems older than TorchSharp was built for

// The consumer's own tests: exit code 0 when they pass.
var model = new Forecaster();
var (x, y) = (randn(16, 4), randn(16, 1));
var optimizer = optim.Adam(model.parameters(), 1e-2);
for (var step = 0; step < 5; step++)
{
    optimizer.zero_grad();
    var loss = functional.mse_loss(model.forward(x), y);
    loss.backward();
    optimizer.step();
}
Grader.Train(randn(8, 6), zeros(8, ScalarType.Int64));
return model.forward(x).shape is [16, 1] ? 0 : 1;
