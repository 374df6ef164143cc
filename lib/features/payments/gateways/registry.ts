import { alipayGateway } from "./alipay";
import { balanceGateway } from "./balance";
import { codepayGateway } from "./codepay";
import { epayGateway } from "./epay";
import { epusdtGateway } from "./epusdt";
import { manualGateway } from "./manual";
import { paypalGateway } from "./paypal";
import { GATEWAY_KINDS, type GatewayKind, type PaymentGateway } from "./port";
import { stripeGateway } from "./stripe";
import { tokenpayGateway } from "./tokenpay";
import { vmqGateway } from "./vmq";
import { wechatGateway } from "./wechat";

const GATEWAYS = {
  epay: epayGateway,
  vmq: vmqGateway,
  codepay: codepayGateway,
  alipay: alipayGateway,
  wechat: wechatGateway,
  epusdt: epusdtGateway,
  tokenpay: tokenpayGateway,
  stripe: stripeGateway,
  manual: manualGateway,
  paypal: paypalGateway,
  balance: balanceGateway,
} as const satisfies Record<GatewayKind, PaymentGateway>;

/** Whether a word of a path or a row names a gateway of this shop. */
export const isGatewayKind = (text: string): text is GatewayKind => (GATEWAY_KINDS as readonly string[]).includes(text);

/** The gateway of a kind. */
export const gatewayOf = (kind: GatewayKind): PaymentGateway => GATEWAYS[kind];
