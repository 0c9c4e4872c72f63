import type { Machine } from '../../host/machine/machine.ts';

/** A program that writes the IPVS table by itself. */
export interface TableOwner {
  /** As its operators call it. */
  readonly name: string;
  /** Process names as the kernel has them, if they differ from `name`. */
  readonly processes?: readonly string[];
  /** Where it takes the table from. */
  readonly configuration: string;
}

const cluster = 'the services of the Kubernetes cluster';

/**
 * Programs that build the table of the network namespace that they run in from their own configuration, and undo what
 * others change in it.
 */
export const tableOwners: readonly TableOwner[] = [
  { name: 'keepalived', configuration: '/etc/keepalived/keepalived.conf' },
  { name: 'ldirectord', configuration: '/etc/ha.d/ldirectord.cf' },
  { name: 'surealived', configuration: '/etc/surealived/surealived.cfg' },
  { name: 'lvsd', configuration: '/etc/sysconfig/ha/lvs.cf' },
  { name: 'nanny', configuration: '/etc/sysconfig/ha/lvs.cf' },
  { name: 'kube-proxy', configuration: cluster },
  { name: 'kube-router', configuration: cluster },
  { name: 'kube-vip', configuration: 'its manifest, and the nodes and services of the Kubernetes cluster' },
  { name: 'lvscare', configuration: 'its arguments, in the static pod of the node' },
  { name: 'sealctl', configuration: 'its arguments, in the static pod of the node' },
  { name: 'pybal', configuration: '/etc/pybal/pybal.conf' },
  {
    name: 'liberica',
    processes: ['liberica', 'liberica-cp', 'liberica-fp'],
    configuration: "the configuration of liberica's control plane",
  },
  {
    name: 'seesaw',
    processes: ['seesaw_engine', 'seesaw_ncc'],
    configuration: '/etc/seesaw/cluster.pb',
  },
  {
    name: 'ipvsman',
    // The second name is the one with Python's setproctitle.
    processes: ['ipvsman.py', 'ipvsman.py --service'],
    configuration: 'the configuration of ipvsman',
  },
];

/** Docker's daemon writes only the tables of network namespaces that it keeps. */
const docker: TableOwner = { name: 'dockerd', configuration: 'the services of the Docker swarm' };

/** Names of all programs that can own a table. */
export const tableOwnerNames: readonly string[] = [...tableOwners, docker].map(({ name }) => name);

/** The kernel's names of an owner's processes. */
export function processesOf({ name, processes = [name] }: TableOwner): readonly string[] {
  return processes;
}

/**
 * The running programs that write the table of this machine's network namespace, each with the pid of one of its
 * processes.
 */
export function runningOwners(machine: Machine): { readonly owner: TableOwner; readonly pid: number }[] {
  const owners = tableOwners.flatMap((owner) => {
    const [first] = machine.running(processesOf(owner));
    return first === undefined ? [] : [{ owner, pid: first.pid }];
  });
  const dockerd = machine.dockerDaemon();
  return dockerd === undefined ? owners : [...owners, { owner: docker, pid: dockerd }];
}
