import type { gateways as zh, settingsProblems as zhProblems } from "../zh/gateways";

export const gateways = {
  epay: {
    title: "EPay",
    help: "Rainbow EPay and the servers that speak like it. The keys are on the server's merchant pages; mind the blanks when you copy them.",
    fields: {
      profile: "Kind of server",
      baseUrl: "Address",
      pid: "Merchant number (pid)",
      signMode: "Signature",
      key: "Key",
      merchantPrivateKey: "Your private key",
      platformPublicKey: "The platform's public key",
      types: "Ways to pay",
    },
    hints: {
      profile: "If in doubt, Rainbow EPay.",
      baseUrl:
        "The server's address, such as https://pay.example.com; for LINUX DO Credit https://credit.linux.do/epay.",
      pid: "Always 1000 for BEpusdt; the Client ID for LINUX DO Credit.",
      signMode:
        "Choose RSA where the server has the second version: requests and notices carry their time, and one side's key cannot forge the other's.",
      key: "The MD5 key from the merchant pages; the token for BEpusdt, the Client Secret for LINUX DO Credit.",
      merchantPrivateKey:
        "The one you made, and whose public half the server has. With or without the BEGIN and END lines.",
      platformPublicKey: "As the server's pages show it; not your own public key.",
      types:
        "One per line, such as alipay, wxpay, usdt.trc20. Left empty, the server's own page asks the buyer; required where it has none.",
    },
    choices: {
      profile: {
        rainbow: "Rainbow EPay",
        linuxdo: "LINUX DO Credit",
        bepusdt: "BEpusdt (its EPay door)",
        gmwallet: "GMWallet epusdt (its EPay door)",
        lunafir: "LunaFirPay",
        ezpay: "EzPay",
      },
      signMode: { MD5: "Version 1, MD5", RSA: "Version 2, RSA" },
    },
  },
  vmq: {
    title: "VMQ",
    help: "Your own phone watches for money. While it is offline nobody hears of payments. Buyers are asked for a few cents more or less than the price; another amount is nobody's.",
    fields: { baseUrl: "Address", key: "Key", types: "Ways to pay" },
    hints: {
      baseUrl: "The address of the VMQ server, with https://.",
      key: "The communication key from its settings.",
      types: "alipay, wxpay, one per line; left empty, both.",
    },
    choices: {},
  },
  codepay: {
    title: "CodePay",
    help: "The classic protocol. It answers no questions about payments: a notice that got lost is found on its own pages only.",
    fields: { baseUrl: "Address", id: "CodePay ID", key: "Key", types: "Ways to pay" },
    hints: {
      baseUrl: "The address that CodePay gives, without /creat_order.",
      id: "The number on CodePay's pages.",
      key: "The communication key from its pages, not the password.",
      types: "alipay, wxpay, qqpay, one per line; left empty, all of them.",
    },
    choices: {},
  },
  epusdt: {
    title: "USDT (epusdt)",
    help: "Buyers send an exact amount to your own wallet's address; the server sees it on the chain and tells the shop. The money is yours at once, so refunds are yours to send. The server must be able to reach this shop.",
    fields: {
      flavour: "Server",
      baseUrl: "Address",
      pid: "Merchant number (pid)",
      token: "Token",
      algorithm: "Signature",
      currency: "Priced in",
      tradeTypes: "Coins",
    },
    hints: {
      flavour: "Which of the three projects you run: they do not speak alike.",
      baseUrl: "The server's address, such as https://usdt.example.com.",
      pid: "The PID in its list of API keys.",
      token:
        "The API token in BEpusdt's settings, GMWallet's secret key, or api_auth_token in the classic configuration.",
      algorithm: "As that API key signs: new ones with HMAC-SHA256, those of before the upgrade mostly with MD5.",
      currency: "What your goods are priced in. Only orders in that currency can be paid here.",
      tradeTypes:
        "One per line, the first is the default. BEpusdt: usdt.trc20, usdt.bep20, tron.trx. GMWallet: usdt.tron, usdc.solana.",
    },
    choices: {
      flavour: {
        bepusdt: "BEpusdt (v03413)",
        gmpay: "GMWallet epusdt (GMWalletApp)",
        classic: "Classic epusdt (assimon)",
      },
      algorithm: { md5: "MD5", hmac_sha256: "HMAC-SHA256" },
    },
  },
  tokenpay: {
    title: "TokenPay",
    help: "Each order gets an address and an exact amount; once it is on the chain the shop is told. With dynamic addresses each order makes a new wallet inside TokenPay, so remember to collect them. Refunds are yours to send.",
    fields: {
      baseUrl: "Address",
      token: "Token",
      algorithm: "Signature",
      currency: "Priced in",
      tradeTypes: "Coins",
    },
    hints: {
      baseUrl: "TokenPay's address, such as https://token.example.com.",
      token: "ApiToken in appsettings.json.",
      algorithm: "MD5, unless the server has Signature:UseHmacSha256 switched on.",
      currency: "The same as BaseCurrency in appsettings.json, or amounts will not match.",
      tradeTypes: "One per line, the first is the default: USDT_TRC20, TRX, EVM_BSC_USDT_BEP20.",
    },
    choices: { algorithm: { md5: "MD5", hmac_sha256: "HMAC-SHA256" } },
  },
  stripe: {
    title: "Stripe",
    help: "Buyers pay on Stripe's page. Add an endpoint under Webhooks in Stripe's dashboard with the notice address shown below, and choose the events checkout.session.*, refund.*, charge.refunded, charge.dispute.created and charge.dispute.closed. One Stripe account is best used by one shop.",
    fields: {
      secretKey: "Secret key",
      webhookSecrets: "Webhook signing secrets",
      methods: "Ways to pay",
      endpoint: "Address",
    },
    hints: {
      secretKey:
        "Begins with sk_live_; a restricted key (rk_live_) needs Checkout, refunds and balance transactions. With sk_test_ no real money moves.",
      webhookSecrets:
        "Begins with whsec_, on the page of that endpoint. While you change it, put the new and the old one on a line each, and remove the old one afterwards.",
      methods:
        "One per line, such as card, alipay, wechat_pay. Left empty, Stripe offers what its dashboard has switched on.",
      endpoint: "Usually empty.",
    },
    choices: {},
  },
} satisfies typeof zh;

export const settingsProblems = {
  unreadable: "There is a setting nobody knows. Reload the page and fill it in again.",
  base_url_missing: "Fill in the address.",
  base_url_malformed: "That is no address: it begins with https:// and has no question mark or #.",
  base_url_insecure: "The address must use https://, or the key can be read on its way.",
  pid_missing: "Fill in the merchant number.",
  pid_malformed: "That is no merchant number: letters, digits, hyphens and underscores; always 1000 for BEpusdt.",
  id_missing: "Fill in the CodePay ID.",
  id_malformed: "That is no CodePay ID: letters and digits only.",
  key_missing: "Fill in the key.",
  key_malformed: "That does not look like a key. It has no blanks inside, and it is not a public key.",
  key_too_short: "The key is too short to be safe from guessing: eight characters at least.",
  token_missing: "Fill in the token.",
  token_malformed: "That does not look like a token: letters, digits and signs, without blanks inside.",
  token_too_short:
    "The token is too short to be safe from guessing. Change it on the server first: eight characters at least, better 32.",
  token_published: "That is the sample from the manual: anybody could forge a payment. Change it on the server first.",
  flavour_missing: "Choose which server it is.",
  flavour_malformed: "There is no such server.",
  algorithm_malformed: "There is no such signature.",
  currency_malformed: "This server cannot price in that currency; classic epusdt knows only yuan.",
  trade_types_malformed: "Write the coins just as the server does; classic epusdt has usdt.trc20 only.",
  types_missing: "This kind of server wants the ways to pay named, one per line.",
  types_malformed: "Name ways to pay like alipay or wxpay, one per line.",
  profile_malformed: "There is no such kind of server.",
  sign_mode_malformed: "This kind of server has no second version. Choose MD5.",
  merchant_private_key_missing: "Paste your private key.",
  merchant_private_key_malformed: "That is no RSA private key. Paste all of it, and not the public one.",
  merchant_private_key_too_short: "Your private key is too short: 2048 bits at least.",
  platform_public_key_missing: "Paste the platform's public key.",
  platform_public_key_malformed:
    "That is not the platform's public key. Paste neither a private key nor your own public one.",
  platform_public_key_too_short: "The platform's public key is too short: 2048 bits at least. Ask them for another.",
  secret_key_missing: "Fill in the secret key.",
  secret_key_malformed: "That is no secret key of Stripe: it begins with sk_ or rk_, and not with pk_.",
  secret_key_too_short: "The secret key is not whole. Copy it again.",
  webhook_secrets_missing:
    "Fill in a webhook signing secret: without it nobody can tell a true notice from a false one.",
  webhook_secrets_malformed: "Webhook signing secrets begin with whsec_, one per line, five at most.",
  webhook_secrets_too_short: "A webhook signing secret is not whole. Copy it again.",
  methods_malformed: "Name ways to pay like card or alipay, one per line.",
  endpoint_malformed: "That is no address: it begins with https:// and has no question mark or #.",
  endpoint_insecure: "The address must use https://, or the key can be read on its way.",
} satisfies typeof zhProblems;
