/** The HTTP status of a client's error; 0 when there was no answer. */
export function statusOf(error: unknown): number {
  return (error as { response?: { statusCode?: number } })?.response?.statusCode ?? 0;
}

/** What the system or TLS says, in words for people. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name cannot be resolved',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not by the CA that the relation told',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not by the CA that the relation told',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not by the CA that the relation told',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is not by the CA that the relation told',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not by the CA that the relation told',
  CERT_SIGNATURE_FAILURE: 'its certificate is not by the CA that the relation told',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS',
};

/**
 * Does this answer to a login count towards the lock of the role? A role that is locked is denied without being counted.
 * Null: the login was not refused.
 */
export function loginRefusal(error: unknown): 'counted' | 'not counted' | null {
  if (notValid(error)) return 'counted';
  return statusOf(error) === 403 ? 'not counted' : null;
}

function notValid(error: unknown): boolean {
  const { message = '' } = error as { readonly message?: string };
  return statusOf(error) === 400 && /invalid (role|secret)|role or secret/i.test(message);
}

/** Why Vault did not do what it was asked. Tells nothing of what was sent. */
export function explain(error: unknown, timeoutMs: number): string {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  const status = statusOf(error);
  if (status === 0) {
    if (code === 'ECONNABORTED' || /timeout/i.test(message)) return `no answer within ${timeoutMs / 1000} s`;
    return reasons[code] ?? (code === '' ? message || 'no answer' : code);
  }
  if (status === 503 || /sealed/i.test(message)) return 'Vault is sealed';
  if (status === 403) return 'permission denied';
  if (notValid(error)) return "this unit's credentials are not valid any more";
  const said = /^Status \d+$/.test(message) ? '' : `: ${message.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
  return `Vault answered with status ${status}${said}`;
}
