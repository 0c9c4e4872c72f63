declare module '*/bin/code-variables.js' {
  /** See there. */
  export const codeVariables: readonly {
    readonly name: string;
    readonly obeyedBy: 'linker' | 'node' | 'package';
    readonly why: string;
  }[];
}

declare module '*/bin/start.js' {
  /** See there. */
  export type Rights = 'none' | 'held' | 'ambient';
  /** See there. */
  export function judgeStart(start: {
    readonly rights: Rights;
    readonly execArgv: readonly string[];
    readonly environment: Readonly<Record<string, string | undefined>>;
  }):
    | { readonly way: 'go' }
    | { readonly way: 'over'; readonly environment: Readonly<Record<string, string | undefined>> }
    | { readonly way: 'refuse'; readonly reason: string };
  /** See there. */
  export function rightsOfProcess(): Rights;
  /** See there. */
  export function startOver(
    environment: Readonly<Record<string, string | undefined>>,
    words?: readonly string[],
  ): string;
}
