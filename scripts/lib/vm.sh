# The emulated VM of with-kvm: what it is made of, and QEMU's command line. Part of common.sh.
# shellcheck shell=bash disable=SC2154

vm_cache=$cache/vm

# The drivers that init.c needs, before the host's files are there.
vm_modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay virtio-rng kvm-amd)

# vm_program NAME [CC-OPTION...]: sets `program` to scripts/vm/NAME.c, compiled.
vm_program() {
  local source=$repository/scripts/vm/$1.c
  program=$vm_cache/$1-$(content_key "$repository"/scripts/vm/*.[ch])
  [[ ! -x $program ]] || return 0
  have cc || install_packages "compiling scripts/vm" gcc libc6-dev
  mkdir -p "$vm_cache"
  cc -std=gnu17 -O2 -Wall -Wextra "${@:2}" -o "$program.$$" "$source"
  mv "$program.$$" "$program"
}

# vm_probe: whether KVM runs a guest on this machine; if not, sets `reason`.
vm_probe() {
  local program status=0
  [[ $(uname -m) == x86_64 ]] || die "Hyperlight needs an x86-64 processor; this one is $(uname -m)"
  vm_program probe
  reason=$(timeout --kill-after 1 20 "$program") || status=$?
  case $status in
    0 | 1) ;;
    124 | 137) reason='a guest was started and hung' ;;
    *) reason="the probe ended with $status" ;;
  esac
  return "$status"
}

# Debian's kernel, unpacked: nothing of it is installed. Sets `kernel`, its folder.
vm_kernel() {
  kernel=$(find "$vm_cache" -maxdepth 1 -name 'kernel-*' | sort -V | tail -n 1)
  [[ -z $kernel ]] || return 0
  have apt-get || die "the emulated VM takes Debian's kernel package; this system has no apt-get"
  say "fetching Debian's kernel (70 MB, about half a minute, once)"
  refresh_package_lists
  local work package
  work=$(mktemp -d -p "$vm_cache")
  package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
  (cd "$work" && { quietly apt-get -o APT::Sandbox::User=root download "$package" ||
    { refresh_package_lists --again && quietly apt-get -o APT::Sandbox::User=root download "$package"; }; }) ||
    die "downloading $package failed"
  dpkg -x "$work"/*.deb "$work/all"
  local version=${package#linux-image-} unpacked=$work/linux
  mkdir -p "$unpacked/lib"
  cp "$work/all/boot/vmlinuz-$version" "$unpacked/vmlinuz"
  # Debian 13 has them under usr/lib.
  cp -r "$(find "$work/all" -path '*lib/modules' -print -quit)" "$unpacked/lib/modules"
  depmod -b "$unpacked" "$version"
  kernel=$vm_cache/kernel-$version
  mv "$unpacked" "$kernel"
  rm -rf "$work"
}

# The first file system of the VM: init.c and the drivers. Sets `initramfs`.
vm_initramfs() {
  local program
  vm_program init -static
  initramfs=$vm_cache/initramfs-$(content_key "$program" "$kernel/vmlinuz" "${BASH_SOURCE[0]}").cpio
  [[ ! -f $initramfs ]] || return 0
  local version=${kernel##*/kernel-} work module number=100
  work=$(mktemp -d -p "$vm_cache")
  mkdir -p "$work"/{dev,proc,sys,modules,lower,upper,new}
  cp "$program" "$work/init"
  modprobe -d "$kernel" -S "$version" -a --show-depends "${vm_modules[@]}" | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
    while read -r module; do
      vm_unpack_module "$module" "$work/modules/$((number++))-$(basename "${module%.ko*}").ko"
    done
  (cd "$work" && find . | cpio --quiet -o -H newc) >"$initramfs.$$"
  mv "$initramfs.$$" "$initramfs"
  rm -rf "$work"
}

vm_unpack_module() {
  case $1 in
    *.xz) xz -dc "$1" ;;
    *.zst) zstd -dc "$1" ;;
    *) cat "$1" ;;
  esac >"$2"
}

# vm_prepare: makes what is missing, one process at a time.
vm_prepare() {
  mkdir -p "$vm_cache"
  exec {vm_lock}>"$vm_cache/lock"
  flock "$vm_lock"
  have qemu-system-x86_64 && have cpio && have depmod && have xz ||
    install_packages "the emulated VM" qemu-system-x86 cpio kmod xz-utils
  vm_kernel
  vm_initramfs
  vm_program host
  exec {vm_lock}>&-
}

# Half of this machine's memory, 8 GiB at most, in MiB.
vm_memory() { awk '/^MemTotal/ { half = int($2 / 2048); print half < 8192 ? half : 8192 }' /proc/meminfo; }

# One thread for each virtual processor; the VM's clocks are this machine's.
vm_timing=(-accel 'tcg,thread=multi')
# The VM's clocks count instructions, 2^shift ns for each; an idle VM does not wait for its next timer.
vm_counting=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=off')

# vm_qemu CPUS MEMORY CLOCK...: sets `qemu`, its command line but for the ports and the writable folders (scripts/vm/host.c).
# CLOCK is vm_timing or vm_counting.
vm_qemu() {
  # Measured with `with-kvm true`: what is switched off here took a third of the boot.
  local boot=(console=ttyS0 quiet panic=-1 mitigations=off nokaslr no_timer_check rcupdate.rcu_expedited=1)
  qemu=(
    qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
    # svm and npt, which kvm-amd needs, are part of max.
    -machine q35 "${@:3}" -cpu max -smp "$1" -m "$2"
    -kernel "$kernel/vmlinuz" -initrd "$initramfs" -append "${boot[*]}"
    -device virtio-rng-pci
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap
    -device virtio-9p-pci,fsdev=host,mount_tag=host
  )
}
