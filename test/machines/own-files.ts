import { Kernel } from '../../constructs/node';

/** Names of settings that are the kernel's own, not of a network: a machine has its copy, so that the host keeps what it has. */
const SHADOWED = ['kernel', 'vm', 'fs', 'dev', 'net/core'];

/**
 * What machines of this kind need, and the product must not have as a default: they share the kernel of their host, which has cgroup v1,
 * and may lack CAP_SYS_RESOURCE. It is in files of the machine, there before the product comes.
 */
export const OWN_FILES: Readonly<Record<string, string>> = {
  '/etc/kubernetes/kubelet.conf.d/99-test-machine.conf': `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
`,
  '/etc/systemd/system/containerd.service.d/test-machine.conf': `[Service]
ExecStartPre=/opt/test-machine/containerd-config
ExecStart=
ExecStart=containerd --config /run/test-machine/containerd.toml
OOMScoreAdjust=0
`,
  '/opt/test-machine/containerd-config': `#!/bin/sh
mkdir -p /run/test-machine
{ echo 'oom_score = 0'; sed -e 's/SystemdCgroup = true/SystemdCgroup = false/' /etc/containerd/config.toml; } > /run/test-machine/containerd.toml
printf '%s\\n' "[plugins.'io.containerd.cri.v1.runtime']" 'restrict_oom_score_adj = true' > /run/test-machine/runtime.toml
sed -i 's#^imports = .*#imports = ["/run/test-machine/runtime.toml"]#' /run/test-machine/containerd.toml
`,
  '/etc/systemd/system/test-machine.service': `[Unit]
DefaultDependencies=no
Before=sysinit.target systemd-sysctl.service keelson-firewall.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/opt/test-machine/start
[Install]
WantedBy=sysinit.target
`,
  '/opt/test-machine/start': startScript(),
  '/etc/sudoers.d/admin': 'admin ALL=(ALL) NOPASSWD: ALL\n',
};

/**
 * Run at each start. What is set in the copies changes no kernel: it shows that the product sets and reads what it says, and proves
 * nothing of what a kernel makes of it.
 */
function startScript(): string {
  const names = new Kernel({}).sysctls.map(({ path }) => path.replace(/^-/, ''));
  const own = names
    .map((name) => name.replaceAll('.', '/'))
    .filter((name) => SHADOWED.some((part) => name.startsWith(`${part}/`)));
  return `#!/bin/sh
for c in cpu cpuacct cpuset memory devices freezer blkio pids; do mount -o remount,rw,bind /sys/fs/cgroup/$c || mount -o remount,rw /sys/fs/cgroup/$c; done
s=/run/test-machine/sys; mkdir -p $s
for d in ${SHADOWED.join(' ')}; do
  find /proc/sys/$d -xdev -type d | while read -r p; do mkdir -p "$s/$\{p#/proc/sys/}"; done
  find /proc/sys/$d -xdev -type f -perm -0400 ! -path '*/binfmt_misc/*' | while read -r p; do cat "$p" > "$s/$\{p#/proc/sys/}" 2>/dev/null; done
done
for n in ${own.join(' ')}; do mkdir -p "$(dirname $s/$n)"; [ -e $s/$n ] || echo 0 > $s/$n; done
for d in ${SHADOWED.join(' ')}; do mount --bind $s/$d /proc/sys/$d; done
. /opt/test-machine/address
ip address add $ADDRESS/24 dev host0; ip link set host0 up; ip route add default via $GATEWAY
[ -e /dev/kmsg ] || ln -s /dev/null /dev/kmsg
mount --make-rshared /
`;
}
