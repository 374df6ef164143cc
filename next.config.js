/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  // `npm test` judges types; a shop that opens does not do so again.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // `/api/pay/...` must never answer a gateway with a redirect.
  skipTrailingSlashRedirect: true,
  serverExternalPackages: [
    "@node-rs/argon2",
    "pg",
    "graphile-worker",
    "nodemailer",
    "pino",
    "prom-client",
    "pdfkit",
    "subset-font",
    "@simplewebauthn/server",
  ],
  experimental: { serverActions: { bodySizeLimit: "1mb" } },
};
