import { type FakeVault, fakeVault, role } from '../../integration/agent/fake-vault.ts';
import type { GivenSecret, Vector } from './vector.ts';

const credentials = 'secret:vaultrole00000000000';

/** A Vault for the recorded worlds that have one. What the recording had replaced by a mock is made good. */
export interface RecordedVault {
  readonly given: Vector['given'];
  close(): Promise<void>;
}

export async function recordedVault({ given, then }: Vector): Promise<RecordedVault> {
  const related = given.relations.some(({ remote_app_data }) => remote_app_data?.vault_url !== undefined);
  if (!related) return { given, close: async () => undefined };
  const mount = `charm-${given.app}-${given.app}`;
  const vault = await fakeVault({ mount });
  fill(vault, { given, then, mount });
  const relations = given.relations.map((relation) =>
    relation.remote_app_data?.vault_url === undefined
      ? relation
      : {
          ...relation,
          remote_app_data: { ...relation.remote_app_data, vault_url: vault.url, ca_certificate: vault.ca },
        },
  );
  const others = given.secrets.filter(({ id }) => id !== credentials);
  const unknown = given.patched?.includes('role secret unknown') ?? false;
  const added: readonly GivenSecret[] = unknown
    ? []
    : [{ id: credentials, label: null, owner: null, content: role, granted: true }];
  return { given: { ...given, relations, secrets: [...others, ...added] }, close: () => vault.close() };
}

function fill(
  vault: FakeVault,
  { given, then, mount }: Pick<Vector, 'given' | 'then'> & { readonly mount: string },
): void {
  const patched = given.patched ?? '';
  vault.readOnly = /write_secret raises/.test(patched);
  const mocked = /returns '([^']*)'/.exec(patched)?.[1];
  const wanted = [...String(given.config.environment ?? '').matchAll(/path: ([^,}]+), name: ([^,}]+), key: ([^,}]+)/g)];
  for (const [, path = '', name = '', key = ''] of wanted) {
    const recorded = then.plan_environment_as_strings?.[name];
    vault.store[path] = { ...vault.store[path], [key]: mocked ?? recorded ?? `${mount}:${path}` };
  }
  const { path, key } = given.action?.params ?? {};
  if (typeof path === 'string' && typeof key === 'string')
    vault.store[path] = /read_secret raises/.test(patched) ? { other: 'x' } : { [key]: mocked ?? 'x' };
}
