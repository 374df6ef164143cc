import path from "node:path";

/** @type {import("next").NextConfig} */
export default {
  distDir: "../../.build/noop-next",
  poweredByHeader: false,
  turbopack: { root: path.resolve(import.meta.dirname, "../..") },
};
