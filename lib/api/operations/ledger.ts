import { HeadPage, HeadsQuery, LedgerView } from "@/lib/features/ledger/schema";
import type { Operation } from "./operation";

/** The signed heads of the stock ledger. */
export const ledgerOperations: readonly Operation[] = [
  {
    id: "getLedger",
    tag: "Ledger",
    method: "get",
    path: "/api/v1/ledger",
    summary: "Read the newest signed head of the stock ledger",
    description:
      "Every movement of a card is sealed in a chain of signed blocks. Keep a head: whoever keeps one can prove later that the shop changed nothing before it. A head tells neither what moved nor how much.",
    success: { status: 200, description: "The shop's key and its newest head.", schema: LedgerView },
    problems: [],
  },
  {
    id: "listLedgerHeads",
    tag: "Ledger",
    method: "get",
    path: "/api/v1/ledger/blocks",
    summary: "List signed heads of the stock ledger",
    description: "Oldest first. Each names the hash of the one before; a head never changes once it is published.",
    query: HeadsQuery,
    success: { status: 200, description: "One page of heads.", schema: HeadPage },
    problems: ["invalid"],
  },
];
