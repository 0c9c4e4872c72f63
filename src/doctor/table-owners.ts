/** A program that writes the IPVS table by itself. */
export interface TableOwner {
  /** The kernel's name of its process. */
  readonly name: string;
  /** Where it takes the table from. */
  readonly configuration: string;
}

/** Programs that make the table from a configuration of theirs, and undo what others change in it. */
export const tableOwners: readonly TableOwner[] = [
  { name: 'keepalived', configuration: '/etc/keepalived/keepalived.conf' },
  { name: 'ldirectord', configuration: '/etc/ha.d/ldirectord.cf' },
  { name: 'surealived', configuration: '/etc/surealived/surealived.cfg' },
  { name: 'lvsd', configuration: '/etc/sysconfig/ha/lvs.cf' },
  { name: 'nanny', configuration: '/etc/sysconfig/ha/lvs.cf' },
  { name: 'kube-proxy', configuration: 'the services of the Kubernetes cluster' },
  { name: 'kube-router', configuration: 'the services of the Kubernetes cluster' },
];
