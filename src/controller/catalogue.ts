import type { Companion } from './companion.ts';

/** What can be deployed by name. Given by whoever starts the controller. */
export interface Catalogue {
  /** Charm name -> directory of its unpacked archive. */
  readonly charms: Readonly<Record<string, string>>;
  /** Charm name -> how to load the companion; loaded when it is deployed, or when the model has one. */
  readonly companions: Readonly<Record<string, () => Promise<Companion>>>;
}
