/** What a charm of this name would carry. */
export const metadata = `name: temporal-k8s
summary: Temporal server
description: |
  A real Temporal server for one machine: the development server of the Temporal CLI, with its web UI and a database
  file that survives restarts. It listens on 127.0.0.1 only.
assumes: []
containers:
  temporal: {}
provides:
  temporal-host-info:
    interface: temporal-host-info
    optional: true
requires:
  temporal-worker-info:
    interface: temporal-worker-info
    optional: true
    # The charm of this name has no such endpoint: "integrate temporal-worker-k8s temporal-k8s" means temporal-host-info there.
    implicit: true
`;

export const config = `options:
  port:
    type: int
    default: 7233
    description: Port of the frontend, to which workers and clients connect.
  ui-port:
    type: int
    default: 8233
    description: Port of the web UI. When another process has it, the server runs without its UI.
  metrics-port:
    type: int
    default: 0
    description: Port of the server's own metrics; 0 lets the server choose a free one.
`;

export const actions = `create-namespace:
  description: Create a namespace. Does nothing when there is one of that name.
  params:
    name:
      type: string
      description: The namespace's name.
    retention:
      type: string
      default: 72h
      description: How long closed workflows are kept, for example 72h or 3d.
    description:
      type: string
      default: ""
      description: A description for people.
  required: [name]
  additionalProperties: false
cli:
  description: Run the temporal command line against this server.
  params:
    args:
      type: string
      description: Arguments as in a shell, for example "workflow list --namespace test".
  required: [args]
  additionalProperties: false
`;
