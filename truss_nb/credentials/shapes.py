"""The shapes that issuers give their keys: how each begins, and what follows.

A row is a fact about an issuer: what a key of its begins with (``mark``), which letters
follow and how many (``rest``), and where that is documented. Sources without an address
are the names of rules in gitleaks' public configuration, which holds the issuers' own
formats: https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """How a kind of key is written.

    Args:
        mark: the characters that no other text has by chance.
        rest: an expression for what follows the mark.
        source: where the issuer's format is told.
        before: an expression of one width, for what stands before the mark.
        width: how many characters that has.
    """

    mark: str
    rest: str
    source: str
    before: str = ""
    width: int = 0


_EDGE = r"(?<![\w+/-])"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Nothing but a key is written so, whatever its letters are.
CERTAIN = (
    # the clouds
    Shape("AKIA", "[A-Z0-9]{16}", "aws-access-token"),
    Shape("ASIA", "[A-Z0-9]{16}", "aws-access-token"),
    Shape("ABIA", "[A-Z0-9]{16}", "aws-access-token"),
    Shape("ACCA", "[A-Z0-9]{16}", "aws-access-token"),
    Shape("A3T", "[A-Z0-9]{17}", "aws-access-token"),
    Shape("ABSK", "[A-Za-z0-9+/]{109,269}={0,2}", "aws-amazon-bedrock-api-key"),
    Shape("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", "", "aws-amazon-bedrock"),
    Shape("Q~", "[\\w~.-]{31,34}", "azure-ad-client-secret", _EDGE + r"[\w~.]{3}\d", 4),
    Shape("AccountKey=", "[A-Za-z0-9+/=]{40,}", "https://learn.microsoft.com/azure/"),
    Shape("SharedAccessKey=", "[A-Za-z0-9+/=]{40,}", "https://learn.microsoft.com/"),
    Shape("AIza", r"[\w-]{35}", "gcp-api-key"),
    Shape("ya29.", r"[\w-]{20,}", "https://cloud.google.com/docs/authentication"),
    Shape("GOCSPX-", r"[\w-]{20,}", "https://cloud.google.com/docs/authentication"),
    Shape("LTAI", "[A-Za-z0-9]{20}", "alibaba-access-key-id"),
    Shape("doo_v1_", "[a-f0-9]{64}", "digitalocean-access-token"),
    Shape("dop_v1_", "[a-f0-9]{64}", "digitalocean-pat"),
    Shape("dor_v1_", "[A-Fa-f0-9]{64}", "digitalocean-refresh-token"),
    Shape("v1.0-", "[a-f0-9]{24}-[a-f0-9]{146}", "cloudflare-origin-ca-key"),
    Shape("fo1_", r"[\w-]{43}", "flyio-access-token"),
    Shape("fm1a_", "[A-Za-z0-9+/]{100,}={0,3}", "flyio-access-token"),
    Shape("fm1r_", "[A-Za-z0-9+/]{100,}={0,3}", "flyio-access-token"),
    Shape("fm2_", "[A-Za-z0-9+/]{100,}={0,3}", "flyio-access-token"),
    Shape("HRKU-AA", r"[\w-]{58}", "heroku-api-key-v2"),
    Shape("pul-", "[a-f0-9]{40}", "pulumi-api-token"),
    Shape("tk-us-", r"[\w-]{48}", "scalingo-api-token"),
    Shape("sha256~", r"[\w-]{43}", "openshift-user-token"),
    Shape("dckr_pat_", r"[\w-]{20,}", "https://docs.docker.com/security/access-tokens"),
    Shape("tskey-", r"[\w-]{20,}", "https://tailscale.com/kb/1277/key-prefixes"),
    # models
    Shape("sk-ant-", r"[\w-]{24,}", "anthropic-api-key"),
    Shape("sk-proj-", r"[\w-]{24,}", "openai-api-key"),
    Shape("sk-svcacct-", r"[\w-]{24,}", "openai-api-key"),
    Shape("sk-admin-", r"[\w-]{24,}", "openai-api-key"),
    Shape("sk-or-v1-", "[a-f0-9]{64}", "https://openrouter.ai/docs"),
    Shape("sk-", "[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", "openai-api-key"),
    Shape("hf_", "[A-Za-z0-9]{30,}", "huggingface-access-token"),
    Shape("api_org_", "[A-Za-z0-9]{34}", "huggingface-organization-api-token"),
    Shape("gsk_", "[A-Za-z0-9]{40,}", "https://console.groq.com/docs"),
    Shape("r8_", "[A-Za-z0-9]{37}", "https://replicate.com/docs"),
    Shape("nvapi-", r"[\w-]{32,}", "https://docs.nvidia.com/nim"),
    Shape("pcsk_", r"\w{32,}", "https://docs.pinecone.io"),
    Shape("pplx-", "[A-Za-z0-9]{32,}", "perplexity-api-key"),
    Shape("xai-", "[A-Za-z0-9]{32,}", "https://docs.x.ai"),
    Shape("lsv2_pt_", r"[a-f0-9]{32}_\w+", "https://docs.smith.langchain.com"),
    Shape("lsv2_sk_", r"[a-f0-9]{32}_\w+", "https://docs.smith.langchain.com"),
    Shape("tvly-", r"[\w-]{20,}", "https://docs.tavily.com"),
    Shape("wandb_v1_", r"\w{40,}", "https://docs.wandb.ai"),
    Shape("jina_", r"[\w-]{40,}", "https://jina.ai/embeddings"),
    Shape("KGAT_", "[a-f0-9]{32}", "https://www.kaggle.com/docs/api"),
    Shape("pnu_", "[A-Za-z0-9]{36}", "prefect-api-token"),
    Shape("dapi", r"[a-f0-9]{32}(?:-\d)?", "databricks-api-token"),
    # code and packages
    *(
        Shape(f"gh{each}_", "[A-Za-z0-9]{36,}", "github-pat")
        for each in ("p", "o", "u", "s", "r")
    ),
    Shape("github_pat_", r"\w{40,}", "github-fine-grained-pat"),
    *(
        Shape(f"{each}-", r"[\w-]{20,}(?:\.[0-9a-z]{9})?", "gitlab-pat")
        for each in ("glpat", "gldt", "glffct", "glft", "glimt", "glagent", "gloas")
    ),
    *(
        Shape(f"{each}-", r"[\w-]{20,}(?:\.[0-9a-z]{9})?", "gitlab-pat")
        for each in ("glptt", "glrt", "glsoat", "glcbt")
    ),
    Shape("GR1348941", r"[\w-]{20}", "gitlab-rrt"),
    Shape("_gitlab_session=", "[0-9a-z]{32}", "gitlab-session-cookie"),
    Shape("ATATT3", r"[\w=-]{100,}", "atlassian-api-token"),
    Shape("npm_", "[A-Za-z0-9]{36}", "npm-access-token"),
    Shape("pypi-AgE", r"[\w-]{50,}", "pypi-upload-token"),
    Shape("rubygems_", "[a-f0-9]{48}", "rubygems-api-token"),
    Shape("CLOJARS_", "[A-Za-z0-9]{60}", "clojars-api-token"),
    Shape("AKCp", "[A-Za-z0-9]{69}", "artifactory-api-key"),
    Shape("cmVmd", "[A-Za-z0-9]{59}", "artifactory-reference-token"),
    Shape("sgp_", "(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}", "sourcegraph"),
    Shape("API-", "[A-Z0-9]{26}", "octopus-deploy-api-key"),
    Shape("lin_api_", "[A-Za-z0-9]{40}", "linear-api-key"),
    Shape("ntn_", "[0-9]{11}[A-Za-z0-9]{35}", "notion-api-token"),
    Shape("secret_", "[A-Za-z0-9]{43}", "https://developers.notion.com"),
    Shape("PMAK-", "[A-Fa-f0-9]{24}-[A-Fa-f0-9]{34}", "postman-api-token"),
    Shape("rdme_", "[a-z0-9]{70}", "readme-api-token"),
    Shape("figd_", r"[\w-]{40,}", "https://www.figma.com/developers/api"),
    Shape("pat.", r"[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}", "harness-api-key"),
    Shape("sat.", r"[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}", "harness-api-key"),
    Shape("pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}", "airtable-personal-access-token"),
    Shape("sntryu_", "[a-f0-9]{64}", "sentry-user-token"),
    Shape("sntrys_eyJ", "[A-Za-z0-9+/=]{40,}_[A-Za-z0-9+/]{43}", "sentry-org-token"),
    Shape("glsa_", "[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}", "grafana-service-account-token"),
    Shape("glc_", "[A-Za-z0-9+/]{32,400}={0,3}", "grafana-cloud-api-token"),
    Shape("eyJrIjoi", "[A-Za-z0-9]{70,400}={0,3}", "grafana-api-key"),
    Shape("dt0c01.", r"[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}", "dynatrace-api-token"),
    Shape("NRAK-", "[A-Za-z0-9]{27}", "new-relic-user-api-key"),
    Shape("NRII-", "[A-Za-z0-9-]{32}", "new-relic-insert-key"),
    Shape("ico-", "[A-Za-z0-9]{32}", "infracost-api-token"),
    Shape("dnkey-", r"[\w=-]{26}-[\w=-]{52}", "defined-networking-api-token"),
    Shape("sm_aat_", "[A-Za-z0-9]{16}", "settlemint-application-access-token"),
    Shape("sm_pat_", "[A-Za-z0-9]{16}", "settlemint-personal-access-token"),
    Shape("sm_sat_", "[A-Za-z0-9]{16}", "settlemint-service-access-token"),
    # stores of secrets, identities
    Shape("ops_eyJ", "[A-Za-z0-9+/]{250,}={0,3}", "1password-service-account-token"),
    Shape(
        "A3-",
        "[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
        "1password-secret-key",
    ),
    Shape("AGE-SECRET-KEY-1", "[A-Z0-9]{58}", "age-secret-key"),
    Shape("dp.pt.", "[A-Za-z0-9]{43}", "doppler-api-token"),
    Shape("hvs.", r"[\w-]{24,}", "vault-service-token"),
    Shape("hvb.", r"[\w-]{24,}", "vault-batch-token"),
    Shape(
        ".atlasv1.",
        r"[\w=-]{60,70}",
        "hashicorp-tf-api-token",
        _EDGE + "[A-Za-z0-9]{14}",
        14,
    ),
    Shape("p8e-", "[A-Za-z0-9]{32}", "adobe-client-secret"),
    *(
        Shape(
            f"{each}_",
            r"[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}"
            r"\.[A-Za-z0-9+/_=-]{30,120}",
            "authress-service-client-access-key",
        )
        for each in ("sc", "ext", "scauth", "authress")
    ),
    Shape("s-s4t2ud-", "[A-Fa-f0-9]{64}", "intra42-client-secret"),
    Shape("s-s4t2af-", "[A-Fa-f0-9]{64}", "intra42-client-secret"),
    Shape("ey", r"[A-Za-z0-9]{10,}\.ey[A-Za-z0-9/\\_-]{10,}\.[\w/\\-]*={0,2}", "jwt"),
    Shape("ZXlK", r"[\w/\\+-]{40,}={0,2}", "jwt-base64"),
    # stores of data
    Shape("4b1d", "[A-Za-z0-9]{38}", "clickhouse-cloud-api-secret-key"),
    Shape("pscale_tkn_", r"[\w=.-]{32,64}", "planetscale-api-token"),
    Shape("pscale_oauth_", r"[\w=.-]{32,64}", "planetscale-oauth-token"),
    Shape("pscale_pw_", r"[\w=.-]{32,64}", "planetscale-password"),
    Shape("sbp_", "[a-f0-9]{40}", "https://supabase.com/docs"),
    Shape("sb_secret_", r"[\w-]{20,}", "https://supabase.com/docs"),
    Shape("sl.", r"[\w=-]{130,}", "dropbox-short-lived-api-token"),
    Shape(
        "_mmk", "", "maxmind-license-key", _EDGE + "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}", 36
    ),
    # messages and mail
    Shape("xoxb-", r"\d{8,14}-[\w-]{10,}", "slack-bot-token"),
    Shape("xoxp-", r"(?:\d{10,13}-){2,3}[A-Za-z0-9-]{20,}", "slack-user-token"),
    Shape("xoxe-", r"(?:\d{10,13}-){3}[A-Za-z0-9-]{28,34}", "slack-user-token"),
    Shape("xoxe-", r"\d-[A-Za-z0-9]{100,}", "slack-config-refresh-token"),
    Shape("xoxe.xoxb-", r"\d-[A-Za-z0-9]{100,}", "slack-config-access-token"),
    Shape("xoxe.xoxp-", r"\d-[A-Za-z0-9]{100,}", "slack-config-access-token"),
    Shape("xoxa-", r"(?:\d-)?[0-9a-zA-Z]{8,48}", "slack-legacy-workspace-token"),
    Shape("xoxr-", r"(?:\d-)?[0-9a-zA-Z]{8,48}", "slack-legacy-workspace-token"),
    Shape("xoxo-", r"\d+-\d+-\d+-[a-fA-F\d]+", "slack-legacy-token"),
    Shape("xoxs-", r"\d+-\d+-\d+-[a-fA-F\d]+", "slack-legacy-token"),
    Shape("xapp-", r"\d-[A-Za-z0-9]+-\d+-[A-Za-z0-9]+", "slack-app-token"),
    Shape(
        "hooks.slack.com/",
        "(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}",
        "slack-webhook-url",
    ),
    Shape(
        ".webhook.office.com/webhookb2/",
        r"[\w@-]{60,}/IncomingWebhook/[A-Za-z0-9]{32}/[A-Za-z0-9-]{36}",
        "microsoft-teams-webhook",
        "[A-Za-z0-9]",
        1,
    ),
    Shape(
        "discord.com/api/webhooks/",
        r"\d{17,}/[\w-]{60,}",
        "https://discord.com/developers",
    ),
    Shape("SK", "[0-9a-fA-F]{32}", "twilio-api-key"),
    Shape(":A", r"[\w-]{34}", "telegram-bot-api-token", r"\d{5}", 5),
    Shape("SG.", r"[\w=.-]{30,}", "sendgrid-api-token"),
    Shape("key-", "[A-Fa-f0-9]{32}", "mailgun-private-api-token"),
    Shape("xkeysib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}", "sendinblue-api-token"),
    # money, shops, posts
    *(
        Shape(f"{kind}_{mode}_", "[A-Za-z0-9]{10,}", "stripe-access-token")
        for kind in ("sk", "rk")
        for mode in ("live", "test", "prod")
    ),
    Shape("whsec_", "[A-Za-z0-9+/=]{24,}", "https://docs.stripe.com/webhooks"),
    *(
        Shape(f"shp{each}_", "[a-fA-F0-9]{32}", "shopify-access-token")
        for each in ("at", "ca", "pa", "ss")
    ),
    Shape("sq0atp-", r"[\w-]{22,}", "square-access-token"),
    Shape("sq0csp-", r"[\w-]{22,}", "square-access-token"),
    Shape("EAAA", r"(?![\w-]*AAAA)[\w-]{22,60}", "square-access-token"),
    *(
        Shape(f"EAA{each}", "[A-Za-z0-9]{100,}", "facebook-page-access-token")
        for each in "BCDGIJKLMNOPQRSTUVWXYZ"
    ),
    Shape("|", r"[\w-]{27,40}", "facebook-access-token", r"\d{15}", 15),
    Shape("%", r"[\w-]{27,40}", "facebook-access-token", r"\d{15}", 15),
    Shape("duffel_test_", r"[\w=-]{43}", "duffel-api-token"),
    Shape("duffel_live_", r"[\w=-]{43}", "duffel-api-token"),
    Shape("EZAK", "[A-Za-z0-9]{54}", "easypost-api-token"),
    Shape("EZTK", "[A-Za-z0-9]{54}", "easypost-test-api-token"),
    Shape("FLWSECK_TEST-", "[A-Za-z0-9]{12}(?:[A-Za-z0-9]{20}-X)?", "flutterwave"),
    Shape("fio-u-", r"[\w=-]{64}", "frameio-api-token"),
    Shape("shippo_live_", "[a-fA-F0-9]{40}", "shippo-api-token"),
    Shape("shippo_test_", "[a-fA-F0-9]{40}", "shippo-api-token"),
    *(
        Shape(f"access-{each}-", f"(?i:{_UUID})", "plaid-api-token")
        for each in ("sandbox", "development", "production")
    ),
    Shape("pk.", r"[A-Za-z0-9]{60}\.[A-Za-z0-9]{22}", "mapbox-api-token"),
    Shape("tfp_", r"[\w=.-]{59}", "typeform-api-token"),
)

# Taken for a key only where it looks random as well: other texts can begin so.
LIKELY = (
    Shape("sk-", r"[\w-]{20,}", "https://platform.openai.com/docs"),
    Shape("sk_", "[A-Za-z0-9]{32,}", "https://elevenlabs.io/docs"),
    Shape("xox", r"[abeoprs]-[\w-]{10,}", "slack-bot-token"),
    Shape("xapp-", r"[\w-]{20,}", "slack-app-token"),
    Shape("pypi-", r"[\w-]{50,}", "pypi-upload-token"),
    *(
        Shape(
            f"{scheme} ", r"[\w.~+/=-]{12,}", "https://www.rfc-editor.org/rfc/rfc9110"
        )
        for scheme in ("Bearer", "bearer", "Basic", "basic", "Token", "Digest")
    ),
    Shape("Api-Key ", r"[\w.~+/=-]{12,}", "https://docs.baseten.co"),
    # Baseten's; a file's name, too, may end in a hash
    Shape(
        ".",
        "(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{32}",
        "https://docs.baseten.co",
        _EDGE + "[A-Za-z0-9]{8}",
        8,
    ),
)

# What a key looks like that says nothing itself, under a name with its issuer's.
NAMED = (
    ("adafruit fastly nytimes", r"[\w=-]{32}"),
    ("airtable", "[a-z0-9]{17}"),
    ("algolia bittrex codecov droneci flickr privateai", "[a-z0-9]{32}"),
    ("alibaba plaid twitch", "[a-z0-9]{30}"),
    ("asana bitbucket discord", r"[\w=-]{32}|[\w=-]{64}"),
    ("atlassian confluence jira", "[a-z0-9]{24}"),
    ("beamer", r"b_[\w=-]{44}"),
    ("meraki", "[0-9a-f]{40}"),
    ("cloudflare", r"[\w-]{40}|[a-f0-9]{37}"),
    ("cohere co datadog zendesk sendbird", "[a-z0-9]{40}"),
    ("coinbase confluent freshbooks sumo jfrog artifactory bintray", r"[\w-]{64}"),
    ("jfrog artifactory bintray xray", "[a-z0-9]{73}|[a-z0-9]{64}"),
    ("confluent linkedin linked", "[a-z0-9]{16}"),
    ("contentful", r"[\w=-]{43}"),
    ("discord sentry", "[a-f0-9]{64}"),
    ("dropbox", r"[a-z0-9]{15}|[a-z0-9]{11}A{10}[\w=-]{43}"),
    ("etsy kucoin looker plaid", "[a-z0-9]{24}"),
    ("facebook finicity linear", "[a-f0-9]{32}"),
    ("finicity finnhub looker", "[a-z0-9]{20}"),
    ("gitter launchdarkly sonar", r"(?:sq[upa]_)?[\w=-]{40}"),
    ("gocardless", r"live_[\w=-]{40}"),
    ("heroku hubspot snyk squarespace kucoin", _UUID),
    ("intercom", r"[\w=-]{60}"),
    ("kraken", r"[\w/=+-]{80,90}"),
    ("lob", "(?:live|test)_[a-f0-9]{35}"),
    ("mailchimp", r"[a-f0-9]{32}-us\d\d"),
    ("mailgun", "[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}"),
    ("mattermost", "[a-z0-9]{26}"),
    ("messagebird message", "[a-z0-9]{25}"),
    ("netlify", r"[\w=-]{40,46}"),
    ("new newrelic", "NRJS-[a-f0-9]{19}"),
    ("okta", r"00[\w=-]{40}"),
    ("rapidapi rapid", r"[\w-]{50}"),
    ("travis", "[a-z0-9]{22}"),
    ("twitter", r"[a-z0-9]{45}|\d{15,25}-[a-z0-9]{20,40}|[a-z0-9]{25}|[a-z0-9]{50}"),
    ("twitter", "A{22}[a-z0-9%]{80,100}"),
    ("vault", r"s\.[a-z0-9]{24}"),
    ("yandex", r"t1\.[\w-]+={0,2}\.[\w-]{86}={0,2}|AQVN[\w-]{35,38}|YC[\w-]{38}"),
)
