package io.github.hyperlight4j.internal.files;

import java.util.Set;

/**
 * The file systems of Linux through which the kernel shows itself and its processes: environments, memory, kernel
 * settings. Their files look like regular ones, so only the file system's type tells them apart.
 */
final class PseudoFileSystems {

    /** Values of {@code f_type} in statfs(2). */
    private static final Set<Integer> TYPES = Set.of(
            0x9fa0, // proc
            0x62656572, // sysfs
            0x64626720, // debugfs
            0x74726163, // tracefs
            0x73636673, // securityfs
            0xf97cff8c, // selinuxfs
            0x43415d53, // smackfs
            0x5a3c69f0, // AppArmor
            0x27e0eb, // cgroup
            0x63677270, // cgroup2
            0x1cd1, // devpts
            0xcafe4a11, // bpf
            0x62656570, // configfs
            0x19800202, // mqueue
            0x42494e4d, // binfmt_misc
            0xde5e81e4, // efivarfs
            0x6165676c, // pstore
            0x7655821, // resctrl
            0x6e736673, // nsfs
            0x50494446, // pidfs
            0x6c6f6f70, // binderfs
            0x65735543, // fusectl
            0x67596969, // rpc_pipefs
            0x6e667364, // nfsd
            0xabba1974, // xenfs
            0x9fa1, // openpromfs
            0x9fa2, // usbfs
            0x5345434d, // secretmem
            0x50495045, // pipefs
            0x534f434b, // sockfs
            0x09041934, // anonymous inodes
            0x64646178, // device DAX
            0x62646576, // block devices
            0x444d4142); // dma-buf

    private PseudoFileSystems() {}

    /** Returns whether a file system of that type is one of these. The upper half of {@code f_type} may be its sign. */
    static boolean contain(long type) {
        return TYPES.contains((int) type);
    }
}
