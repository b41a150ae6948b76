import type { FieldStyle } from '../grafana/field-style.ts';

/** A series as it is drawn. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly style: FieldStyle;
  /** As measured; what is drawn may be stacked. */
  readonly values: readonly (number | null)[];
}
