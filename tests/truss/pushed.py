"""Paths that a push of Truss keeps, and paths that it drops."""

KEPT = """config.yaml model/model.py data/w.npy packages/features/__init__.py x.LOG
    data/.envrc lib docs/build.md model/targets.py data/log data/so.txt
    examples.yaml data/manifest MANIFEST.json egg.yaml .truss-nb/manifest.json"""
LOST = """a.log data/a.log x.log/kept.txt model/x.pyc lib/x.py packages/lib/x.py
    build/x dist/a/b/c target/w.npy data/target/w.npy .env data/.env .git .git/HEAD
    x.egg-info/PKG a/__pycache__/b.txt share/python-wheels/x docs/_build/x data.manifest
    .coverage.1 a$py.class ENV/x model.spec m.tmp .cache/x MANIFEST coverage.xml"""
