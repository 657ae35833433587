/** The part of autocannon that the bench uses. */
declare module 'autocannon' {
  namespace autocannon {
    interface Request {
      method: 'GET' | 'POST';
      path: string;
    }
    interface Options {
      url: string;
      connections?: number;
      /** In seconds. */
      duration?: number;
      method?: 'GET' | 'POST';
      headers?: Readonly<Record<string, string>>;
      body?: string;
      /** Made in turn by each connection. */
      requests?: readonly Request[];
    }
    interface Result {
      /** In seconds. */
      duration: number;
      /** Answers with another status. */
      non2xx: number;
      /** Calls without an answer. */
      errors: number;
    }
    interface Instance {
      on(
        event: 'response',
        heard: (client: unknown, status: number, bytes: number, tookMs: number) => void,
      ): this;
    }
  }
  function autocannon(
    options: autocannon.Options,
    done: (err: Error | null, result: autocannon.Result) => void,
  ): autocannon.Instance;
  export = autocannon;
}
