/** What the kit uses of `macaroon`, which brings no types of its own. */
declare module 'macaroon' {
  export interface Caveat {
    readonly identifier: Uint8Array;
    /** These two only on a third party's caveat. */
    readonly location?: string;
    readonly vid?: Uint8Array;
  }

  export interface Macaroon {
    readonly caveats: readonly Caveat[];
    readonly location: string;
    readonly identifier: Uint8Array;
    readonly signature: Uint8Array;
    addFirstPartyCaveat(condition: string): void;
    addThirdPartyCaveat(rootKey: Uint8Array, id: Uint8Array, location: string): void;
    bindToRoot(signature: Uint8Array): void;
    exportJSON(): Record<string, unknown>;
    exportBinary(): Uint8Array;
    /** Throws unless it holds; `check` returns what is wrong with a condition, or null. */
    verify(rootKey: Uint8Array, check: (condition: string) => string | null, discharges?: readonly Macaroon[]): void;
  }

  const library: {
    /** From JSON in format 1 or 2, from format 2's bytes, or from either in base64. */
    importMacaroon(from: unknown): Macaroon;
    newMacaroon(of: {
      identifier: string | Uint8Array;
      rootKey: Uint8Array;
      location?: string;
      version?: 1 | 2;
    }): Macaroon;
  };
  export default library;
}
