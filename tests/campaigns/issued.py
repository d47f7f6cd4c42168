"""Credentials as their issuers form them, drawn anew from a seed.

None lies in the repository: a form is a prefix and how many characters of which
alphabet follow, as the issuer (or a public scanner's rule) describes it.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
DIGITS = "0123456789"
LETTERS = LOWER + UPPER
ALNUM = LETTERS + DIGITS
WORD = ALNUM + "_"
URL64 = WORD + "-"
BASE64 = ALNUM + "+/"
HEX = DIGITS + "abcdef"
BASE32 = UPPER + "234567"

Part = str | tuple[str, int]


@dataclass(frozen=True)
class Secret:
    """A credential's text, and the part of it that must be seen nowhere."""

    text: str
    needle: str


FORMS: dict[str, tuple[Part, ...]] = {
    "1Password service account": ("ops_eyJ", (BASE64, 250)),
    "AWS access key": ("AKIA", (BASE32, 16)),
    "AWS temporary key": ("ASIA", (BASE32, 16)),
    "Age": ("AGE-SECRET-KEY-1", ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    "Airtable": ("pat", (ALNUM, 14), ".", (HEX, 64)),
    "Alibaba": ("LTAI", (ALNUM, 20)),
    "Anthropic": ("sk-ant-api03-", (URL64, 93), "AA"),
    "Anthropic admin": ("sk-ant-admin01-", (URL64, 93), "AA"),
    "Artifactory": ("AKCp", (ALNUM, 69)),
    "Atlassian": ("ATATT3xFfGF0", (URL64, 186)),
    "Azure client secret": ((ALNUM, 3), (DIGITS, 1), "Q~", (URL64 + ".", 31)),
    "Baseten": ((ALNUM, 8), ".", (ALNUM, 32)),
    "Cloudflare origin CA": ("v1.0-", (HEX, 24), "-", (HEX, 146)),
    "Databricks": ("dapi", (HEX, 32)),
    "DigitalOcean": ("dop_v1_", (HEX, 64)),
    "Discord bot": ("M", (ALNUM, 23), ".", (URL64, 6), ".", (URL64, 38)),
    "Docker Hub": ("dckr_pat_", (URL64, 27)),
    "Doppler": ("dp.pt.", (ALNUM, 43)),
    "Dynatrace": ("dt0c01.", (UPPER + DIGITS, 24), ".", (UPPER + DIGITS, 64)),
    "EasyPost": ("EZAK", (ALNUM, 54)),
    "Facebook": ("EAAG", (ALNUM, 150)),
    "Fly": ("fo1_", (URL64, 43)),
    "GitHub OAuth": ("gho_", (ALNUM, 36)),
    "GitHub app": ("ghs_", (ALNUM, 36)),
    "GitHub classic": ("ghp_", (ALNUM, 36)),
    "GitHub fine-grained": ("github_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
    "GitLab": ("glpat-", (URL64, 20)),
    "GitLab deploy": ("gldt-", (URL64, 20)),
    "GitLab runner": ("glrt-", (URL64, 20)),
    "Google API": ("AIza", (URL64, 35)),
    "Google OAuth client": ("GOCSPX-", (URL64, 28)),
    "Grafana": ("glsa_", (ALNUM, 32), "_", (HEX, 8)),
    "Groq": ("gsk_", (ALNUM, 52)),
    "HashiCorp Vault": ("hvs.", (URL64, 95)),
    "Terraform Cloud": ((ALNUM, 14), ".atlasv1.", (URL64, 67)),
    "Heroku": ("HRKU-AA", (URL64, 58)),
    "Hugging Face": ("hf_", (LETTERS, 34)),
    "Hugging Face organisation": ("api_org_", (LETTERS, 34)),
    "LangSmith": ("lsv2_pt_", (HEX, 32), "_", (HEX, 10)),
    "Linear": ("lin_api_", (ALNUM, 40)),
    "Mailgun": ("key-", (HEX, 32)),
    "New Relic": ("NRAK-", (UPPER + DIGITS, 27)),
    "Notion": ("ntn_", (DIGITS, 11), (ALNUM, 35)),
    "NVIDIA": ("nvapi-", (URL64, 64)),
    "OpenAI": ("sk-", (ALNUM, 20), "T3Blbk", "FJ", (ALNUM, 20)),
    "OpenAI project": ("sk-proj-", (URL64, 74), "T3Blbk", "FJ", (URL64, 74)),
    "OpenRouter": ("sk-or-v1-", (HEX, 64)),
    "OpenShift": ("sha256~", (URL64, 43)),
    "Perplexity": ("pplx-", (ALNUM, 48)),
    "Pinecone": ("pcsk_", (ALNUM, 6), "_", (ALNUM, 63)),
    "PlanetScale": ("pscale_pw_", (URL64, 43)),
    "Postman": ("PMAK-", (HEX, 24), "-", (HEX, 34)),
    "Prefect": ("pnu_", (ALNUM, 36)),
    "Pulumi": ("pul-", (HEX, 40)),
    "PyPI": ("pypi-AgEIcHlwaS5v", "cmc", (URL64, 150)),
    "Replicate": ("r8_", (ALNUM, 37)),
    "RubyGems": ("rubygems_", (HEX, 48)),
    "SendGrid": ("SG.", (URL64, 22), ".", (URL64, 43)),
    "Sendinblue": ("xkeysib-", (HEX, 64), "-", (ALNUM, 16)),
    "Sentry user": ("sntryu_", (HEX, 64)),
    "Shopify": ("shpat_", (HEX, 32)),
    "Shopify shared": ("shpss_", (HEX, 32)),
    "Slack app": ("xapp-1-A", (UPPER + DIGITS, 10), "-", (DIGITS, 13), "-", (HEX, 64)),
    "Slack bot": ("xoxb-", (DIGITS, 12), "-", (DIGITS, 13), "-", (ALNUM, 24)),
    "Slack user": ("xoxp-", *((DIGITS, 12), "-") * 3, (HEX, 32)),
    "Slack webhook": (
        "https://hooks.slack.com/services/T",
        *((UPPER + DIGITS, 8), "/B", (UPPER + DIGITS, 8), "/", (ALNUM, 24)),
    ),
    "Sourcegraph": ("sgp_", (HEX, 40)),
    "Square": ("EAAA", (URL64, 60)),
    "Square secret": ("sq0csp-", (URL64, 43)),
    "Stripe": ("sk_" + "live_", (ALNUM, 24)),
    "Stripe restricted": ("rk_" + "live_", (ALNUM, 99)),
    "Stripe webhook": ("whsec_", (ALNUM, 32)),
    "Supabase": ("sbp_", (HEX, 40)),
    "Telegram bot": ((DIGITS[1:], 10), ":A", (URL64, 34)),
    "Twilio": ("SK", (HEX, 32)),
    "npm": ("npm_", (ALNUM, 36)),
    "xAI": ("xai-", (ALNUM, 80)),
    # without a shape of their own: a name or a place tells what they are
    "40 letters and digits": ((ALNUM, 40),),
    "40 hexadecimal": ((HEX, 40),),
    "32 hexadecimal": ((HEX, 32),),
    "40 of base64": ((BASE64, 40),),
    "64 of base64": ((BASE64, 64),),
    "32 bytes of base64": ((URL64, 42), "A="),
    "64 bytes of base64": ((BASE64, 85), "A=="),
    "password": ((LETTERS, 1), (ALNUM + "!._-", 15)),
    "short password": ((LETTERS, 1), (ALNUM + "!", 8)),
    "letters": ((LOWER, 16),),
}


def words(drawing: random.Random) -> Secret:
    """Return a password of four words that are in no dictionary."""
    syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
    text = " ".join("".join(drawing.choices(syllables, k=3)) for _ in range(4))
    return Secret(text, text)


def signed(drawing: random.Random) -> Secret:
    """Return a JSON Web Token."""
    head = {"alg": "HS256", "typ": "JWT"}
    body = {"sub": str(drawing.randrange(10**10)), "iat": 1516239022}
    parts = [base64.urlsafe_b64encode(json.dumps(p).encode()) for p in (head, body)]
    end = "".join(drawing.choices(URL64, k=43))
    return Secret(".".join([*(p.decode().rstrip("=") for p in parts), end]), end)


def private_key(kind: str, lines: int) -> Callable[[random.Random], Secret]:
    """Return what makes a private key's text of some lines."""

    def made(drawing: random.Random) -> Secret:
        body = ["".join(drawing.choices(BASE64, k=64)) for _ in range(lines)]
        edges = [f"-----{end} {kind}PRIVATE " + "KEY-----" for end in ("BEGIN", "END")]
        return Secret("\n".join([edges[0], *body, edges[1], ""]), body[lines // 2])

    return made


MADE: dict[str, Callable[[random.Random], Secret]] = {
    "password of words": words,
    "web token": signed,
    "private key": private_key("", 26),
    "private key, RSA": private_key("RSA ", 25),
    "private key, OpenSSH": private_key("OPENSSH ", 6),
    "private key, EC": private_key("EC ", 3),
}


def issue(kind: str, drawing: random.Random) -> Secret:
    """Return a new credential of a kind."""
    if kind in MADE:
        return MADE[kind](drawing)
    drawn = [
        part if isinstance(part, str) else "".join(drawing.choices(part[0], k=part[1]))
        for part in FORMS[kind]
    ]
    pairs = zip(FORMS[kind], drawn, strict=True)
    needle = max((text for part, text in pairs if not isinstance(part, str)), key=len)
    return Secret("".join(drawn), needle)
