import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeServerCertificate } from '../certificate-authority.ts';
import { newPassword } from '../new-password.ts';
import { readPasswords, writePasswords } from './passwords.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { serverUser } from './server-user.ts';

/** The server's administrator, as the charm for Kubernetes names it. */
export const administrator = 'operator';

/** PostgreSQL's own directory; it also marks our own server among all processes. */
export const clusterDir = (dataDir: string): string => join(dataDir, 'cluster');
/** The certificate that the server's is verified by, in PEM. */
export const readAuthority = (dataDir: string): Promise<string> =>
  readFile(join(clusterDir(dataDir), 'ca.pem'), 'utf8');

/** The release that the database directory was made by; undefined while there is none. */
export async function clusterRelease(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(clusterDir(dataDir), 'PG_VERSION'), 'utf8').catch(() => '');
  return text ? Number.parseInt(text, 10) : undefined;
}

// Who has no TLS is refused, as by the charm once it has a certificate.
const accessRules = `hostssl all all 127.0.0.1/32 scram-sha-256
hostssl all all ::1/128 scram-sha-256
`;

/**
 * Makes the database directory with its administrator, certificate and access rules; does nothing where there is one.
 * It comes into being in one step, so that a crash leaves no half of it.
 */
export async function ensureCluster(dataDir: string, { bin }: PostgresPrograms): Promise<void> {
  if ((await clusterRelease(dataDir)) !== undefined) return;
  const { owner, prefix } = serverUser();
  const nest = join(dataDir, 'cluster.new');
  await rm(nest, { recursive: true, force: true });
  await mkdir(nest, { recursive: true, mode: 0o700 });
  const passwords = await readPasswords(dataDir);
  const password = passwords[administrator] ?? newPassword();
  await writePasswords(dataDir, { ...passwords, [administrator]: password });
  const own = async (name: string, text: string) => {
    await writeFile(join(nest, name), text, { mode: 0o600, flush: true });
    if (owner) await chown(join(nest, name), owner.uid, owner.gid);
  };
  if (owner) await chown(nest, owner.uid, owner.gid);
  const passwordFile = join(dataDir, 'initdb.password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner) await chown(passwordFile, owner.uid, owner.gid);
  try {
    await initialise([...prefix, join(bin, 'initdb'), `--pgdata=${nest}`, `--pwfile=${passwordFile}`], dataDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
  const { ca, key, cert } = await makeServerCertificate('postgresql-k8s', new Date());
  await Promise.all([own('ca.pem', ca), own('server.key', key), own('server.crt', cert)]);
  await own('pg_hba.conf', accessRules);
  await rename(nest, clusterDir(dataDir));
}

function initialise(command: readonly string[], dataDir: string): Promise<void> {
  const [file = '', ...args] = [
    ...command,
    `--username=${administrator}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    '--data-checksums',
  ];
  // No variable of the user's (PGDATA, LC_ALL …) may reach it.
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: dataDir, LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile(file, args, { env, cwd: '/', timeout: 120_000 }, (error, stdout, stderr) => {
      if (!error) return resolve();
      const lines = `${stdout}\n${stderr}`.split('\n');
      const complaint = lines.find((line) => /error|fatal|cannot|denied/i.test(line)) ?? error.message.split('\n')[0]!;
      reject(new Error(`cannot make the database directory: ${complaint.trim()}`, { cause: error }));
    });
  });
}
