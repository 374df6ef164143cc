import type { Operation } from "./operation";

/** What whoever runs the shop asks of a process. */
export const probeOperations: readonly Operation[] = [
  {
    id: "livez",
    tag: "Operations",
    method: "get",
    path: "/livez",
    summary: "Is the process alive?",
    description: "Answers without asking anyone else.",
    success: { status: 200, description: "Alive.", contentType: "application/json" },
    problems: [],
  },
  {
    id: "readyz",
    tag: "Operations",
    method: "get",
    path: "/readyz",
    summary: "Can the process sell?",
    description:
      "200 when the database answers and has every migration; 503 with a reason otherwise and while stopping.",
    success: { status: 200, description: "Ready.", contentType: "application/json" },
    problems: [],
  },
  {
    id: "metrics",
    tag: "Operations",
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    description: "Only for this machine and its private network: a request that came through a proxy gets 404.",
    success: { status: 200, description: "Prometheus text format.", contentType: "text/plain" },
    problems: ["not_found"],
  },
];
