const swc = require("@swc/core");

// dependency-cruiser asks swc for TypeScript and never for TSX; without this a component is a syntax error to it.
const parseFileSync = swc.parseFileSync;
swc.parseFileSync = (file, options) => parseFileSync.call(swc, file, { ...options, tsx: file.endsWith(".tsx") });

/** The import rule of lib/README.md: kernel ← platform ← features ← flows ← entry, jobs, api ← app, server. */
const lib = (layer) => `^lib/${layer}/`;
/** A package is seen where it lies, under node_modules, or by its bare name where it is not installed. */
const packages = (...names) => `(^|(^|/)node_modules/)(${names.join("|")})(/|$)`;
const forbid = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });

module.exports = {
  forbidden: [
    forbid("no-circular", {}, { circular: true }, "A cycle means two rooms are one room."),
    forbid(
      "kernel-imports-nothing",
      { path: lib("kernel") },
      { path: "^(lib/(?!kernel/)|app/|components/|server/)" },
      "kernel is pure",
    ),
    forbid(
      "platform-below-features",
      { path: lib("platform") },
      { path: "^(lib/(features|flows|entry|jobs|api|i18n)/|app/|components/|server/)" },
      "platform knows no business",
    ),
    forbid(
      "features-below-flows",
      { path: lib("features") },
      { path: "^(lib/(flows|entry|jobs|api)/|app/|components/|server/)" },
      "features are islands",
    ),
    forbid(
      "features-are-islands",
      { path: "^lib/features/([^/]+)/" },
      { path: "^lib/features/", pathNot: "^lib/features/$1/" },
      "flows compose features; features never import features",
    ),
    forbid(
      "gateways-are-islands",
      { path: "^lib/features/payments/gateways/([^/]+)/" },
      { path: "^lib/features/payments/gateways/[^/]+/", pathNot: "^lib/features/payments/gateways/$1/" },
      "what two gateways share stands beside their folders",
    ),
    forbid(
      "flows-below-entry",
      { path: lib("flows") },
      { path: "^(lib/(entry|jobs|api)/|app/|components/|server/)" },
      "flows do not know who calls them",
    ),
    forbid(
      "entry-below-app",
      { path: "^lib/(entry|jobs|api)/" },
      { path: "^(app/|components/|server/)" },
      "lib never imports pages",
    ),
    forbid(
      "pure-files-need-no-node",
      { path: "^lib/(kernel/|features/.*/(rules|schema)\\.ts$)" },
      { dependencyTypes: ["core"] },
      "rules, schema and kernel run anywhere",
    ),
    forbid(
      "pure-files-stay-pure",
      { path: "^lib/(kernel/|features/.*/(rules|schema)\\.ts$)" },
      {
        path: `${packages("next", "react", "react-dom", "@prisma/[^/]+", "pg", "ioredis", "hono")}|^lib/generated/`,
        dependencyTypesNot: ["type-only"],
      },
      "rules, schema and kernel run anywhere",
    ),
    forbid(
      "prisma-stays-below",
      { path: "^(app|components|server|lib/(kernel|entry|api|jobs|i18n))/" },
      { path: `${packages("@prisma/client")}|^lib/generated/` },
      "Prisma types never leave platform, features and flows",
    ),
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules|^lib/generated" },
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".js", ".mjs"] },
  },
};
