import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { splitAddress } from '../../../worker-kit/src/settings/address.ts';
import type { Certificates } from './certificates.ts';

export interface Fixture {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface TlsGate extends Fixture {
  /** The authorities of the clients that it let in, in the order of their first coming. */
  readonly issuers: readonly string[];
  /** From now on only clients of these certificates' authority are let in; connections that are open are cut. */
  trust(certificates: Certificates): void;
}

/** TLS with a required client certificate of one of the authorities, in front of a plain server. */
export async function startTlsGate(
  backend: string,
  certificates: Certificates,
  trusted: readonly Certificates[] = [],
): Promise<TlsGate> {
  const options = ({ ca, server }: Certificates): TlsOptions => ({
    ca: [ca, ...trusted.map((other) => other.ca)],
    ...server,
  });
  const issuers: string[] = [];
  const server = createTlsServer({
    ...options(certificates),
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['h2'],
  });
  const sockets = track(server);
  server.on('secureConnection', (socket) => {
    // Nothing of one that has been cut already.
    const issuer = String(socket.getPeerCertificate().issuer?.CN);
    if (!socket.destroyed && !issuers.includes(issuer)) issuers.push(issuer);
    join(socket, connect(splitAddress(backend)));
  });
  server.on('tlsClientError', () => {});
  return {
    ...(await listening(server, sockets)),
    issuers,
    trust: (next) => {
      server.setSecureContext(options(next));
      for (const socket of sockets) socket.destroy();
    },
  };
}

export interface ConnectProxy extends Fixture {
  /** Where it was asked to connect to. */
  readonly targets: string[];
}

/** An HTTP CONNECT proxy that wants these credentials, when given. */
export async function startConnectProxy(credentials?: string): Promise<ConnectProxy> {
  const targets: string[] = [];
  const server = createServer((_, response) => response.writeHead(405).end());
  const sockets = track(server);
  server.on('connect', (request, socket: Socket) => {
    const given = Buffer.from(
      (request.headers['proxy-authorization'] ?? '').replace(/^Basic /i, ''),
      'base64',
    ).toString();
    if (credentials !== undefined && given !== credentials) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    targets.push(request.url ?? '');
    const target = connect(splitAddress(request.url ?? ''), () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    join(socket, target);
  });
  return { ...(await listening(server, sockets)), targets };
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    from.pipe(to);
  }
}

function track(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  return sockets;
}

async function listening(server: Server, sockets: Set<Socket>): Promise<Fixture> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
