import { type AlipayFake, startAlipayFake } from "./alipay";
import { demoDesk, HOUSE_GATEWAYS, type HouseGateway, notFoundPage } from "./demo-desk-page";
import { type EpusdtFake, startEpusdtFake } from "./epusdt";
import { type Asked, listenOnLoopback, type Reply } from "./loopback-server";
import { type StripeFake, startStripeFake } from "./stripe";
import { startWechatFake, type WechatFake } from "./wechat";

/** What a demo shop and its gateways know of each other, as the file `--house` tells it. */
export interface HousePlan {
  readonly ports: Readonly<Record<HouseGateway | "phone", number>>;
  /** PEM: the shop's own key for Alipay and WeChat Pay, and theirs. */
  readonly shopPublicKey: string;
  readonly gatewayPrivateKey: string;
  readonly alipay: { readonly appId: string; readonly sellerId: string };
  readonly wechat: {
    readonly mchid: string;
    readonly appid: string;
    readonly merchantSerial: string;
    readonly apiV3Key: string;
    readonly publicKeyId: string;
  };
  readonly stripe: { readonly secretKey: string; readonly webhookSecret: string; readonly notifyPath: string };
  readonly usdt: { readonly token: string };
}

export interface DemoHouse {
  stop(): Promise<void>;
}

interface Fakes {
  readonly alipay: AlipayFake;
  readonly wechat: WechatFake;
  readonly stripe: StripeFake;
  readonly usdt: EpusdtFake;
}

/**
 * Starts the other gateways of a demo shop, and the phone that goes with them: it scans the codes that no true wallet could, and
 * has a desk at which a gateway falls silent. Everything is on 127.0.0.1 and forgotten at the end.
 */
export async function startDemoHouse(plan: HousePlan, shopOrigin: string): Promise<DemoHouse> {
  const fakes = await startFakes(plan, shopOrigin);
  const silent = new Set<HouseGateway>();
  const phone = await listenOnLoopback(plan.ports.phone, async (asked) => answer(asked, fakes, silent));
  return {
    async stop() {
      await Promise.all([phone, ...Object.values(fakes)].map((one) => one.stop()));
    },
  };
}

async function startFakes({ ports, ...plan }: HousePlan, shopOrigin: string): Promise<Fakes> {
  const { shopPublicKey, gatewayPrivateKey } = plan;
  const [alipay, wechat, stripe, usdt] = await Promise.all([
    startAlipayFake({
      port: ports.alipay,
      ...plan.alipay,
      appPublicKey: shopPublicKey,
      alipayPrivateKey: gatewayPrivateKey,
    }),
    startWechatFake({
      port: ports.wechat,
      ...plan.wechat,
      merchantPublicKey: shopPublicKey,
      platformPrivateKey: gatewayPrivateKey,
    }),
    startStripeFake({
      port: ports.stripe,
      secretKey: plan.stripe.secretKey,
      webhookSecrets: [plan.stripe.webhookSecret],
      notifyUrl: `${shopOrigin}${plan.stripe.notifyPath}`,
    }),
    startEpusdtFake({ port: ports.usdt, flavour: "bepusdt", token: plan.usdt.token }),
  ]);
  return { alipay, wechat, stripe, usdt };
}

const html = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  body,
});

function answer({ method, url, body }: Asked, fakes: Fakes, silent: Set<HouseGateway>): Reply {
  if (url.pathname === "/scan") return scan(url.searchParams.get("code") ?? "", fakes);
  if (url.pathname !== "/") return html(notFoundPage, 404);
  if (method === "POST") behave(new URLSearchParams(body), fakes, silent);
  return method === "POST" ? { status: 303, headers: { location: "/" }, body: "" } : html(demoDesk(silent));
}

/** Where a wallet would go from a code: only ever to a cashier of this house. */
function scan(code: string, { alipay, wechat }: Fakes): Reply {
  const ofWechat = /^weixin:\/\/wxpay\/bizpayurl\?pr=([0-9a-f]{10})$/.exec(code)?.[1];
  const isOfAlipay = code.startsWith(`${alipay.url}/`);
  if (!ofWechat && !isOfAlipay) return html(notFoundPage, 404);
  const location = ofWechat ? `${wechat.url}/cashier/${ofWechat}` : code;
  return { status: 303, headers: { location }, body: "" };
}

function behave(form: URLSearchParams, fakes: Fakes, silent: Set<HouseGateway>): void {
  const gateway = HOUSE_GATEWAYS.find((one) => one === form.get("gateway"));
  if (!gateway) return;
  const isSilent = form.get("how") === "silent";
  if (isSilent) silent.add(gateway);
  else silent.delete(gateway);
  if (gateway === "usdt") fakes.usdt.misbehave(isSilent ? "deaf" : "none");
  else fakes[gateway].misbehave(isSilent ? "hang" : "none");
}
