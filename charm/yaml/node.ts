/** Where something stands in a YAML text; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as written: not yet resolved, because that depends on the version of YAML. */
export type YamlNode = Place &
  (
    | {
        readonly kind: 'scalar';
        readonly text: string;
        /** Without quotes, so that `yes` is not the text "yes". */
        readonly plain: boolean;
        /** Written out, such as `tag:yaml.org,2002:str`; empty when it is not. */
        readonly tag: string;
      }
    | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
    | {
        readonly kind: 'map';
        readonly entries: readonly { readonly key: YamlNode; readonly value: YamlNode }[];
      }
  );

/** A YAML text that was read: its one document (null when it is empty), or why it cannot be read. */
export type YamlText =
  | { readonly ok: true; readonly node: YamlNode | null }
  | { readonly ok: false; readonly problems: readonly (Place & { readonly what: string })[] };
