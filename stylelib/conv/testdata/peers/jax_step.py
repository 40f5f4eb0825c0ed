"""One style-transfer step in JAX, compiled by jit, timed: a peer of `stylenet bench`, see README.md.

    python jax_step.py 224x224 STEPS WEIGHTS

The same work as our step: VGG-19 to relu5_1, five Gram matrices, content at relu4_2, total variation, gradient, Adam,
clip, from the same weights and pictures. The picture and Adam's memory stay on the device and are given up to the step.
"""
import jax
import jax.numpy as jnp
import numpy as np
import work


def pool(x, average):
    """2x2 windows; one at the edge has the positions that there are."""
    window, stride = (1, 2, 2, 1), (1, 2, 2, 1)
    if not average:
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, stride, "SAME")
    add = lambda x: jax.lax.reduce_window(x, 0.0, jax.lax.add, window, stride, "SAME")
    return add(x) / add(jnp.ones_like(x))


def features(convs, average, x):
    out = {}
    for name, (kernel, bias) in convs.items():
        if name.endswith("_1") and name != "conv1_1":
            x = pool(x, average)
        x = jax.nn.relu(jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias)
        layer = name.replace("conv", "relu")
        if layer in work.STYLE or layer == work.CONTENT:
            out[layer] = x
    return out


def gram(f):
    f = f.reshape(-1, f.shape[3])
    return f.T @ f / f.size


def relative(a, b):
    return jnp.mean((a - b) ** 2) / jnp.mean(b**2)


def main():
    o = work.arguments()
    *arrays, average = work.network(o.weights)
    convs, matrix, offset = jax.device_put(arrays)
    enter = lambda x: x @ matrix.T + offset

    @jax.jit
    def targets(content, style):
        f = features(convs, average, enter(style))
        return features(convs, average, enter(content))[work.CONTENT], [gram(f[n]) for n in work.STYLE]

    def losses(x, convs, content, style):
        f = features(convs, average, enter(x))
        tv = jnp.mean((x[:, 1:] - x[:, :-1]) ** 2) + jnp.mean((x[:, :, 1:] - x[:, :, :-1]) ** 2)
        terms = {"content": work.TERMS["content"] * relative(f[work.CONTENT], content),
                 "style": work.TERMS["style"] * sum(relative(gram(f[n]), g) for n, g in zip(work.STYLE, style)) / len(work.STYLE),
                 "tv": work.TERMS["tv"] * tv}
        return sum(terms.values()), terms

    def adam(state, convs, content, style):
        x, m, v, n = state
        gradient, terms = jax.grad(losses, has_aux=True)(x, convs, content, style)
        n = n + 1
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        move = m / (1 - 0.9**n) / (jnp.sqrt(v / (1 - 0.999**n)) + 1e-8)
        return (jnp.clip(x - work.RATE * move, 0, 1), m, v, n), terms

    update = jax.jit(adam, donate_argnums=0)
    content, style = targets(work.picture(o, 1), work.picture(o, 2))
    start = jax.device_put(work.picture(o, 3))
    state = (start, jnp.zeros_like(start), jnp.zeros_like(start), jax.device_put(np.float32(0)))

    def step():
        nonlocal state
        state, terms = jax.block_until_ready(update(state, convs, content, style))
        return terms

    work.run(o, step)


main()
