/** What a charm of this name would carry. */
export const metadata = `name: vault-k8s
summary: Vault
description: |
  A real Vault server for one machine, over TLS with an authority of its own and a storage directory that survives
  restarts. It listens on 127.0.0.1 only. Unless told otherwise it is initialised and unsealed by itself, with a key in
  a file that only you can read: that is for trying things, not for secrets of value.
assumes: []
containers:
  vault: {}
provides:
  vault-kv:
    interface: vault-kv
    optional: true
`;

export const config = `options:
  port:
    type: int
    default: 8200
    description: Port of the server, on 127.0.0.1.
  auto-unseal:
    type: boolean
    default: true
    description: Initialise and unseal the server, and authorise this charm, without you. False leaves the steps of a real Vault to you.
`;

export const actions = `authorize-charm:
  description: Let this charm manage stores and roles in Vault, by a token that may create policies, such as the root token. It is used once and not kept.
  params:
    secret-id:
      type: string
      description: The id of a user secret that this application is granted, with the token under the key token.
  required: [secret-id]
  additionalProperties: false
`;
