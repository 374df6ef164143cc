declare module "autocannon" {
  export interface Request {
    readonly method?: string;
    readonly path?: string;
    headers?: Record<string, string>;
    body?: string;
    /** Null: this connection begins again with its first request. */
    readonly setupRequest?: (request: Request, context: object) => Request | null;
    readonly onResponse?: (status: number, body: string, context: object) => void;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    readonly timeout?: number;
    readonly overallRate?: number;
    readonly requests: readonly Request[];
  }
  interface Result {
    readonly "2xx": number;
    readonly non2xx: number;
    readonly errors: number;
    readonly timeouts: number;
    readonly duration: number;
    readonly latency: { readonly p50: number; readonly p99: number };
  }
  export default function autocannon(options: Options): Promise<Result>;
}
