"""Networks as public notebooks write them, small: case is data.

Each has its cells, what it's asked, and how ``model.py`` makes it again: a line of
``Model.load``, None where a pickle is what remains.
"""

from __future__ import annotations

from typing import NamedTuple

IMPORTS = """import argparse
import copy
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn"""


class Network(NamedTuple):
    cells: tuple[str, ...]
    asked: str
    made: str | None


GPT = """@dataclass
class GPTConfig:
    block_size: int = 16
    vocab_size: int = 40
    n_layer: int = 12
    n_head: int = 2
    n_embd: int = 8
    dropout: float = 0.0


class SelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.n_head = config.n_head
        mask = torch.tril(torch.ones(config.block_size, config.block_size))
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        b, t, c = x.size()
        parts = self.c_attn(x).split(c, dim=2)
        q, k, v = (p.view(b, t, self.n_head, -1).transpose(1, 2) for p in parts)
        att = (q @ k.transpose(-2, -1)).masked_fill(self.mask[:t, :t] == 0, -1e9)
        return (att.softmax(-1) @ v).transpose(1, 2).reshape(b, t, c)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm = nn.LayerNorm(config.n_embd)
        self.attn = SelfAttention(config)

    def forward(self, x):
        return x + self.attn(self.norm(x))


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.block_size = config.block_size
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(config.vocab_size, config.n_embd),
            wpe=nn.Embedding(config.block_size, config.n_embd),
            h=nn.ModuleList([Block(config) for _ in range(config.n_layer)]),
        ))
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)

    @classmethod
    def from_pretrained(cls, model_type):
        from transformers import GPT2LMHeadModel
        return GPT2LMHeadModel.from_pretrained(model_type)

    def forward(self, idx):
        x = self.transformer.wte(idx) + self.transformer.wpe(torch.arange(idx.size(1)))
        for block in self.transformer.h:
            x = block(x)
        return self.lm_head(x)

    @torch.no_grad()
    def generate(self, idx, max_new_tokens):
        for _ in range(max_new_tokens):
            probs = F.softmax(self(idx)[:, -1], dim=-1)
            idx = torch.cat((idx, torch.multinomial(probs, 1)), dim=1)
        return idx"""

TAGGER = """class Tagger(nn.Module):
    def __init__(self, words, embedding_dim, hidden_dim, n_tags):
        super().__init__()
        self.embed = nn.Embedding(words, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True)
        self.fc = nn.Linear(hidden_dim, n_tags)

    def forward(self, x):
        out, _ = self.lstm(self.embed(x))
        return self.fc(F.dropout(out[:, -1], training=self.training))"""

RESNET = """class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inp, out, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inp, out, 3, stride, 1, bias=False)
        self.bn = nn.BatchNorm2d(out)
        self.short = nn.Sequential()
        if stride != 1 or inp != out:
            self.short = nn.Sequential(nn.Conv2d(inp, out, 1, stride))

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)) + self.short(x))


class ResNet(nn.Module):
    def __init__(self, block, num_blocks, num_classes=10):
        super().__init__()
        self.in_planes = 4
        self.layer1 = self._make_layer(block, 4, num_blocks[0], stride=1)
        self.layer2 = self._make_layer(block, 8, num_blocks[1], stride=2)
        self.linear = nn.Linear(8 * block.expansion, num_classes)

    def _make_layer(self, block, planes, num_blocks, stride):
        layers = []
        for step in [stride] + [1] * (num_blocks - 1):
            layers.append(block(self.in_planes, planes, step))
            self.in_planes = planes * block.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        return self.linear(self.layer2(self.layer1(x)).mean((2, 3)))"""

UNET = """class DoubleConv(nn.Module):
    def __init__(self, in_ch, out_ch):
        super().__init__()
        self.block = nn.Sequential(nn.Conv2d(in_ch, out_ch, 3, padding=1), nn.ReLU())

    def forward(self, x):
        return self.block(x)


class UNet(nn.Module):
    def __init__(self, in_channels=3, out_channels=1, features=[4, 8]):
        super().__init__()
        self.downs = nn.ModuleList()
        self.pool = nn.MaxPool2d(2)
        for feature in features:
            self.downs.append(DoubleConv(in_channels, feature))
            in_channels = feature
        self.final = nn.Conv2d(features[-1], out_channels, 1)

    def forward(self, x):
        for down in self.downs:
            x = self.pool(down(x))
        return self.final(x)"""

VAE = """class VAE(nn.Module):
    def __init__(self, x_dim, h_dim, z_dim):
        super().__init__()
        self.enc = nn.Linear(x_dim, h_dim)
        self.mu = nn.Linear(h_dim, z_dim)
        self.logvar = nn.Linear(h_dim, z_dim)
        self.dec = nn.Sequential(nn.Linear(z_dim, h_dim), nn.ReLU(),
                                 nn.Linear(h_dim, x_dim), nn.Sigmoid())

    def reparameterize(self, mu, logvar):
        return mu + torch.randn_like(mu) * (logvar / 2).exp()

    def sample(self, n):
        return self.dec(torch.randn(n, self.mu.out_features))

    def forward(self, x):
        h = F.relu(self.enc(x))
        return self.dec(self.mu(h))"""

ENCODER = """class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=50):
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        div = torch.exp(torch.arange(0, d_model, 2) * (-np.log(100.0) / d_model))
        self.pe = torch.zeros(1, max_len, d_model)
        self.pe[0, :, 0::2] = torch.sin(position * div)
        self.pe[0, :, 1::2] = torch.cos(position * div)

    def forward(self, x):
        return x + self.pe[:, : x.size(1)]


class Encoder(nn.Module):
    def __init__(self, input_dim, d_model, n_heads, n_layers):
        super().__init__()
        self.proj = nn.Linear(input_dim, d_model)
        self.pos = PositionalEncoding(d_model)
        layer = nn.TransformerEncoderLayer(d_model, n_heads, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, n_layers)
        self.out = nn.Linear(d_model, 2)

    def forward(self, x):
        return self.out(self.encoder(self.pos(self.proj(x))).mean(1))"""

SIAMESE = """class Embedder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, dim), nn.Tanh())

    def forward(self, x):
        return self.net(x)


class Siamese(nn.Module):
    def __init__(self, backbone, head=None):
        super().__init__()
        self.backbone = backbone
        self.head = head or nn.Identity()

    def forward(self, x):
        return self.head((self.backbone(x) - self.backbone(-x)).abs())"""

GCN = """class GraphConv(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inp, out))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x, adj):
        return adj @ (x @ self.weight)


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass, activation):
        super().__init__()
        self.gc1 = GraphConv(nfeat, nhid)
        self.gc2 = GraphConv(nhid, nclass)
        self.act = activation

    def forward(self, x):
        adj = torch.eye(x.size(0))
        return self.gc2(self.act(self.gc1(x, adj)), adj)"""

AUTOENCODER = """class Autoencoder(nn.Module):
    def __init__(self, hp):
        super().__init__()
        self.hp = hp
        act = {"relu": nn.ReLU, "gelu": nn.GELU}[hp["activation"]]
        self.encoder = nn.Sequential(nn.Linear(hp["input"], hp["latent"]), act())
        self.decoder = nn.Linear(hp["latent"], hp["input"])

    def forward(self, x):
        return self.decoder(self.encoder(x))"""

LIGHTNING = """class AttributeDict(dict):
    def __getattr__(self, key):
        if key not in self:
            raise AttributeError(key)
        return self[key]


class LitModule(nn.Module):
    def save_hyperparameters(self, **given):
        self._hparams = AttributeDict(given)

    @property
    def hparams(self):
        return self._hparams


class LitNet(LitModule):
    def __init__(self, **kwargs):
        super().__init__()
        self.save_hyperparameters(**kwargs)
        self.layers = nn.Linear(self.hparams.n_in, self.hparams.n_out)
        self.loss_fn = nn.CrossEntropyLoss()
        self.history = []

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, i):
        return self.loss_fn(self(batch[0]), batch[1])"""

DROPPATH = """class Vit(nn.Module):
    def __init__(self, dim, depth, device="cpu"):
        super().__init__()
        rates = [x.item() for x in torch.linspace(0, 0.1, depth)]
        self.blocks = nn.ModuleList(nn.Linear(dim, dim) for _ in rates)
        self.drops = nn.ModuleList(nn.Dropout(r) for r in rates)
        self.device = device

    def forward(self, x):
        for block, drop in zip(self.blocks, self.drops):
            x = drop(block(x))
        return x"""

LAMBDA = """class Gated(nn.Module):
    def __init__(self, n, gate=None):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.gate = gate or (lambda x: x * torch.sigmoid(x))

    def forward(self, x):
        return self.gate(self.fc(x))"""

BACKBONE = """class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4), nn.ReLU())
        self.fc = nn.Linear(4, 1000)

    def forward(self, x):
        return self.fc(self.body(x))


def backbone(*, weights=None):
    net = Backbone()
    if weights is not None:
        net.fetched = weights
        del net.fetched
    return net"""

TRAIN = """def train_model(model, steps=2):
    opt = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    for _ in range(steps):
        opt.zero_grad()
        model(torch.randn(4, 6)).pow(2).mean().backward()
        opt.step()
    return model"""

NORMED = """class Normed(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.utils.parametrizations.weight_norm(nn.Linear(n, n))
        self.out = nn.utils.parametrizations.spectral_norm(nn.Linear(n, 2))

    def forward(self, x):
        return self.out(self.fc(x).relu())"""

TOKENS = "torch.tensor([[1, 2, 3]])"
SIX = "torch.ones(2, 6)"
IMAGE = "torch.ones(1, 3, 8, 8)"

NETWORKS = {
    "a GPT of a config": Network(
        (
            GPT,
            "device = 'cuda' if torch.cuda.is_available() else 'cpu'",
            "net = GPT(GPTConfig(n_layer=2)).to(device)",
            "opt = torch.optim.AdamW(net.parameters(), lr=1e-3)\n"
            "for _ in range(2):\n"
            "    opt.zero_grad()\n"
            "    net(torch.zeros(1, 4, dtype=torch.long)).sum().backward()\n"
            "    opt.step()\n"
            "net.eval()",
        ),
        TOKENS,
        "net = GPT(GPTConfig(n_layer=2))",
    ),
    "a GPT of arguments that were filled in": Network(
        (
            GPT,
            "model_args = dict(n_layer=2, n_head=2, vocab_size=None)\n"
            "model_args['vocab_size'] = 50\n"
            "gptconf = GPTConfig(**model_args)\n"
            "net = GPT(gptconf)\n"
            "net = net.eval()",
        ),
        TOKENS,
        "net = GPT(gptconf)",
    ),
    "sizes of data": Network(
        (
            TAGGER,
            "vocab = {w: i for i, w in enumerate(map(str, range(3000)))}\n"
            "y_train = np.arange(5000) % 4\n"
            "n_tags = len(np.unique(y_train))",
            "hidden_dim = 6\n"
            "net = Tagger(len(vocab), 4, hidden_dim, n_tags)\n"
            "net.to('cpu')\nnet.eval()",
        ),
        TOKENS,
        "net = Tagger(3000, 4, hidden_dim, n_tags)",
    ),
    "blocks given as a class": Network(
        (
            RESNET,
            "def ResNet8():\n    return ResNet(BasicBlock, [1, 1])",
            "net = ResNet8()\nfor p in net.layer1.parameters():\n"
            "    p.requires_grad = False\nnet.eval()",
        ),
        "torch.ones(1, 4, 8, 8)",
        "net = ResNet8()",
    ),
    "settings in a dict, opened": Network(
        (
            UNET,
            "config = {'in_channels': 3, 'out_channels': 2, 'features': [2, 4]}\n"
            "net = UNet(**config).double()\nnet.train(False)",
        ),
        f"{IMAGE}.double()",
        "net = UNet(**config)",
    ),
    "sizes of a table's": Network(
        (
            VAE,
            "X_train = np.random.default_rng(0).normal(size=(3000, 6))\n"
            "parser = argparse.ArgumentParser()\n"
            "parser.add_argument('--hidden', type=int, default=5)\n"
            "args = parser.parse_args([])",
            "for latent in (2, 3):\n"
            "    net = VAE(X_train.shape[1], args.hidden, z_dim=latent)\n"
            "best = copy.deepcopy(net)\nnet = best.eval()",
        ),
        SIX,
        "net = VAE(6, 5, z_dim=latent)",
    ),
    "a table of angles that's no buffer": Network(
        (
            ENCODER,
            "net = Encoder(\n    input_dim=6,\n    d_model=8,\n    n_heads=2,\n"
            "    n_layers=1,\n)\nnet.eval()",
        ),
        "torch.ones(1, 3, 6)",
        "net = Encoder(",
    ),
    "networks given to another": Network(
        (
            SIAMESE,
            "backbone = Embedder(3)",
            "net = Siamese(backbone, head=nn.Linear(3, 2))\nnet.eval()",
        ),
        SIX,
        "net = Siamese(Embedder(3), head=nn.Linear(3, 2))",
    ),
    "in parallel": Network(
        (SIAMESE, "net = Embedder(3)\nnet = nn.DataParallel(net)\nnet.eval()"),
        SIX,
        "net = nn.DataParallel(Embedder(3))",
    ),
    "an activation": Network(
        (GCN, "net = GCN(nfeat=6, nhid=4, nclass=2, activation=F.elu)\nnet.eval()"),
        SIX,
        "net = GCN(nfeat=6, nhid=4, nclass=2, activation=F.elu)",
    ),
    "a dict that it keeps": Network(
        (
            AUTOENCODER,
            "hp = dict(input=6, latent=2, activation='gelu')\n"
            "net = Autoencoder(hp)\nnet.eval()\nnet.threshold = 0.25",
        ),
        f"{SIX} * (hp['latent'] + net.threshold)",
        "net = Autoencoder(hp)",
    ),
    "hyperparameters that are kept": Network(
        (LIGHTNING, "net = LitNet(n_in=6, n_out=2, lr=1e-3)\nnet.eval()"),
        SIX,
        "net = LitNet(n_in=6, n_out=2, lr=1e-3)",
    ),
    "a constructor that asks for numbers": Network(
        (DROPPATH, "net = Vit(6, depth=3, device=torch.device('cpu'))\nnet.eval()"),
        SIX,
        "net = Vit(6, depth=3, device=torch.device('cpu'))",
    ),
    "a lambda": Network(
        (LAMBDA, "net = Gated(6).half().float()"), SIX, "net = Gated(6)"
    ),
    "an average of others": Network(
        (
            TAGGER,
            "base = Tagger(50, 4, 6, 2)\n"
            "net = torch.optim.swa_utils.AveragedModel(base)\n"
            "net.update_parameters(base)\nnet.eval()",
        ),
        TOKENS,
        "net = torch.optim.swa_utils.AveragedModel(Tagger(50, 4, 6, 2))",
    ),
    "PyTorch's own": Network(
        (
            "class Config:\n    hidden = 5",
            "net = nn.LSTM(6, Config.hidden, num_layers=2, batch_first=True)",
        ),
        "torch.ones(1, 2, 6)",
        "net = nn.LSTM(6, Config.hidden, num_layers=2, batch_first=True)",
    ),
    "its class names what a file holds": Network(
        (
            "scale = np.linspace(0, 1, 6000)\nscale = scale * 2",
            LAMBDA.replace("self.fc(x)", "self.fc(x) * float(scale[-1])"),
            "net = Gated(6, gate=None)",
        ),
        SIX,
        "net = Gated(6, gate=None)",
    ),
    "given what a file holds": Network(
        (
            "vocab = {}\nfor i in range(3000):\n    vocab[f'word {i}'] = i",
            """class Bag(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.vocab = vocab
        self.embed = nn.EmbeddingBag(len(vocab), dim)

    def forward(self, words):
        return self.embed(torch.tensor([[self.vocab[w] for w in words]]))""",
            "net = Bag(vocab, 4)",
        ),
        "[w for w in vocab][:3]",
        "net = Bag(vocab, 4)",
    ),
    "its class is another by now": Network(
        (
            TAGGER,
            "net = Tagger(50, 4, 6, 2)\nnet.eval()",
            TAGGER.replace("[:, -1]", "[:, 0]"),
        ),
        TOKENS,
        None,
    ),
    "a part that was replaced": Network(
        (UNET, "net = UNet(3, 1, [2])\nnet.final = nn.Conv2d(2, 5, 1)\nnet.eval()"),
        IMAGE,
        "net = UNet(3, 1, [2])\nnet.final = nn.Conv2d(2, 5, 1)\nsafetensors",
    ),
    "a part that a loop replaced": Network(
        (UNET, "net = UNet(3, 1, [2])\nfor net.final in [nn.Conv2d(2, 5, 1)]: pass"),
        IMAGE,
        None,
    ),
    "frozen, with a new head, trained by a function": Network(
        (
            BACKBONE,
            TRAIN,
            "net = backbone(weights='DEFAULT')\n"
            "for param in net.parameters():\n"
            "    param.requires_grad = False\n"
            "net.fc = nn.Linear(net.fc.in_features, 2)\n"
            "net = net.to('cpu')",
            "net = train_model(net)\nnet.eval()",
        ),
        SIX,
        "net = backbone(weights=None)\n"
        "for param in net.parameters():\n"
        "    param.requires_grad = False\n"
        "net.fc = nn.Linear(net.fc.in_features, 2)\n"
        "safetensors",
    ),
    "a head for as many classes as data has, on a device": Network(
        (
            BACKBONE,
            TRAIN,
            "classes = list(range(5000))\ndevice = 'cpu'\n"
            "head = nn.Sequential(nn.Dropout(0.2), nn.Linear(4, len(classes)))",
            "net = backbone().to(device)\nnet.body[-1] = nn.ReLU().to(device)\n"
            "net.fc = head.to(device)\nnet.classes = {n: n * 2 for n in range(3)}\n"
            "net, losses = train_model(net), []\nnet.eval()",
        ),
        SIX,
        "net = backbone()\n"
        "net.body[-1] = nn.ReLU()\n"
        "net.fc = nn.Sequential(nn.Dropout(0.2), nn.Linear(4, 5000))\n"
        "net.classes = {n: n * 2 for n in range(3)}\n"
        "safetensors",
    ),
    "frozen by its names": Network(
        (
            BACKBONE,
            "net = backbone()\nnet.body.append(nn.Dropout(0.5))\n"
            "for name, p in net.named_parameters():\n"
            "    if 'fc' in name:\n"
            "        p.requires_grad = True\n"
            "    else:\n"
            "        p.requires_grad = False\nnet.eval()",
        ),
        SIX,
        "net = backbone()\nnet.body.append(nn.Dropout(0.5))\n"
        "for name, p in net.named_parameters():\n",
    ),
    "parts of another": Network(
        (
            BACKBONE,
            "base = nn.Sequential(Backbone())\n"
            "net = nn.Sequential(*list(base.children())[:1])",
        ),
        SIX,
        "net = nn.Sequential(*list(nn.Sequential(Backbone()).children())[:1])",
    ),
    "the first of two that a call gives": Network(
        (
            BACKBONE,
            "def initialize(n, freeze):\n"
            "    model = backbone()\n"
            "    for p in model.parameters():\n"
            "        p.requires_grad = not freeze\n"
            "    model.fc = nn.Linear(model.fc.in_features, n)\n"
            "    return model, 224\n"
            "net, size = initialize(3, True)",
        ),
        SIX,
        "net = initialize(3, True)[0]",
    ),
    "fetched in a function": Network(
        (
            BACKBONE,
            "def build(n):\n"
            "    model = backbone(weights='DEFAULT')\n"
            "    model.fc = nn.Linear(4, n)\n"
            "    return model\n"
            "net = build(3)",
        ),
        SIX,
        None,
    ),
    "normed by its constructor": Network(
        (NORMED, TRAIN, "net = Normed(6)\ntrain_model(net)\nnet.eval()"),
        SIX,
        "net = Normed(6)\nsafetensors",
    ),
    "normed as it was once": Network(
        (
            NORMED.replace("parametrizations.", ""),
            TRAIN,
            "net = Normed(6)\ntrain_model(net)\nnet.eval()",
        ),
        SIX,
        "net = Normed(6)\nsafetensors",
    ),
    "normed and pruned afterwards": Network(
        (
            BACKBONE,
            TRAIN,
            "from torch.nn.utils import prune",
            "net = backbone()\nfor m in net.modules():\n"
            "    if isinstance(m, nn.Linear):\n"
            "        nn.utils.parametrizations.weight_norm(m)\n"
            "net.out = nn.Linear(4, 4)\n"
            "prune.l1_unstructured(net.out, 'weight', amount=0.5)\n"
            "train_model(net)\nnet.eval()",
        ),
        SIX,
        "net = backbone()\nfor m in net.modules():\n"
        "    if isinstance(m, nn.Linear):\n"
        "        nn.utils.parametrizations.weight_norm(m)\n"
        "net.out = nn.Linear(4, 4)\n"
        "prune.l1_unstructured(net.out, 'weight', amount=0.5)\n"
        "safetensors",
    ),
    "adapted by a function that it applies": Network(
        (
            "class LowRank(nn.Module):\n"
            "    def __init__(self, n, m, rank=1):\n"
            "        super().__init__()\n"
            "        self.a = nn.Parameter(torch.randn(m, rank))\n"
            "        self.b = nn.Parameter(torch.zeros(rank, n))\n"
            "    def forward(self, weight): return weight + self.a @ self.b",
            "def adapt(m):\n"
            "    if type(m) is nn.Linear:\n"
            "        low = LowRank(m.in_features, m.out_features)\n"
            "        nn.utils.parametrize.register_parametrization(m, 'weight', low)",
            "net = nn.Sequential(nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 2))",
            "net.apply(adapt)",
            "nn.init.normal_(net[0].parametrizations.weight[0].b)",
        ),
        SIX,
        "net.apply(adapt)",
    ),
    "one that was loaded": Network(
        (
            TAGGER,
            "torch.save(Tagger(50, 4, 6, 2), 'net.pt')\n"
            "net = torch.load('net.pt', weights_only=False)\nnet.eval()",
        ),
        TOKENS,
        None,
    ),
}
