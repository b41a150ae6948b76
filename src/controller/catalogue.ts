import type { Bundle } from './bundle.ts';
import type { Companion } from './companion.ts';

/** What can be deployed by name. Given by whoever starts the controller. */
export interface Catalogue {
  /** Charm name -> directory of its unpacked archive. */
  readonly charms: Readonly<Record<string, string>>;
  /** Charm name -> how to load the companion; loaded when it is deployed, or when the model has one. */
  readonly companions: Readonly<Record<string, () => Promise<Companion>>>;
  readonly bundles?: Readonly<Record<string, Bundle>>;
}

/** The bundle with what this catalogue can deploy; the rest is told among what is left out. */
export function deployablePart(catalogue: Catalogue, bundle: Bundle): Bundle {
  const known = Object.entries(bundle.applications).filter(
    ([, { charm }]) => Object.hasOwn(catalogue.companions, charm) || Object.hasOwn(catalogue.charms, charm),
  );
  const names = known.map(([name]) => name);
  const missing = Object.entries(bundle.applications).filter(([name]) => !names.includes(name));
  return {
    applications: Object.fromEntries(known),
    relations: bundle.relations.filter((ends) => ends.every((end) => names.includes(end.split(':')[0]!))),
    leftOut: [...missing.map(([name, { charm }]) => `${name}: there is no ${charm} here`), ...bundle.leftOut],
  };
}
