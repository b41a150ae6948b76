/** What a charm of this name would carry. */
export const metadata = `name: postgresql-k8s
summary: PostgreSQL
description: |
  A real PostgreSQL server for one machine, with TLS and a database directory that survives restarts. It listens on
  127.0.0.1 only.
assumes: []
containers:
  postgresql: {}
provides:
  database:
    interface: postgresql_client
    optional: true
`;

export const config = `options:
  port:
    type: int
    default: 5432
    description: Port of the server, on 127.0.0.1.
  experimental_max_connections:
    type: int
    default: 100
    description: How many connections the server takes at a time. A change restarts it.
`;

const username = `    username:
      type: string
      default: operator
      description: The user; operator is the server's administrator, relation_id_7 the user of relation 7.`;

export const actions = `get-password:
  description: Get a user's password. It works for the administrator only; a related application has its own in a secret.
  params:
    username:
      type: string
      default: operator
      description: The user; operator is the server's administrator.
  additionalProperties: false
set-password:
  description: Give a user another password. A related application gets it as a new revision of its secret.
  params:
${username}
    password:
      type: string
      description: The new password, of printable ASCII characters; without it, one is made.
  additionalProperties: false
`;
