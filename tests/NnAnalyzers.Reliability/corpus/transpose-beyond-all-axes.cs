using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;
class Net : Module<Tensor, Tensor>
{
    private readonly Linear a = Linear(4, 8), b = Linear(3, 8);
    public Net() : base("net") => RegisterComponents();
    public override Tensor forward(Tensor x) => b.forward(a.forward(x).transpose(long.MinValue, -1));
}
static class Training
{
    static void Train() => functional.mse_loss(new Net().forward(randn(8, 4)), randn(8, 8)).backward();
}
