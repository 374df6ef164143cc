"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { merchantOnly, signedIn, steppedUp } from "@/lib/entry/guards";
import { createApiKey, revokeApiKey, rotateApiKey } from "@/lib/features/api-keys/keys";
import { ApiKeyForm, ApiKeyIdForm } from "@/lib/features/api-keys/schema";
import { replayDelivery } from "@/lib/features/webhooks/deliveries";
import { addEndpoint, pingEndpoint, rotateEndpoint, switchEndpoint } from "@/lib/features/webhooks/endpoints";
import { DeliveryIdForm, EndpointForm, EndpointIdForm, SwitchEndpointForm } from "@/lib/features/webhooks/schema";
import type { Secret } from "@/lib/kernel/secret";

/** Said once, in the answer to the form that made it. */
const shownOnce = (secret: Secret) => {
  refresh();
  return { secret: secret.reveal() };
};

export const createApiKeyAction = action({
  schema: ApiKeyForm,
  guards: [merchantOnly, steppedUp],
  run: ({ input, deps, viewer }) => createApiKey(deps, viewer, input),
  onOk: ({ key }) => shownOnce(key),
});

export const rotateApiKeyAction = action({
  schema: ApiKeyIdForm,
  guards: [merchantOnly, steppedUp],
  run: ({ input, deps, viewer }) => rotateApiKey(deps, viewer, input.keyId),
  onOk: ({ key }) => shownOnce(key),
});

export const revokeApiKeyAction = action({
  schema: ApiKeyIdForm,
  guards: [merchantOnly],
  run: ({ input, deps, viewer }) => revokeApiKey(deps, viewer, input.keyId),
  onOk: () => refresh(),
});

export const addEndpointAction = action({
  schema: EndpointForm,
  guards: [merchantOnly, steppedUp],
  run: ({ input, deps, viewer }) => addEndpoint(deps, viewer, input),
  onOk: ({ secret }) => shownOnce(secret),
});

export const rotateEndpointAction = action({
  schema: EndpointIdForm,
  guards: [merchantOnly, steppedUp],
  run: ({ input, deps, viewer }) => rotateEndpoint(deps, viewer, input.endpointId),
  onOk: ({ secret }) => shownOnce(secret),
});

export const switchEndpointAction = action({
  schema: SwitchEndpointForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => switchEndpoint(deps, viewer, input),
  onOk: () => refresh(),
});

export const pingEndpointAction = action({
  schema: EndpointIdForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => pingEndpoint(deps, viewer, input.endpointId),
  onOk: () => refresh(),
});

export const replayDeliveryAction = action({
  schema: DeliveryIdForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => replayDelivery(deps, viewer, input.deliveryId),
  onOk: () => refresh(),
});
