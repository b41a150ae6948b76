/**
 * The script that builds the workload's view of the file system and becomes a command in it. It runs in a mount
 * namespace of its own (`unshare --mount`), so nothing that it mounts can be seen, or stays, outside of it.
 *
 * Arguments: the mount point for the new root, the pushed files, the directories for `/app`, `/charm/bin` and
 * `/charm/container`, `uid:gid` to become (`-` for none), `user` or `root` for the way to become it, the working
 * directory, and the command.
 *
 * The new root is a tmpfs in which every entry of the machine's `/` is bound; it is entered by pivot_root and not by
 * chroot, because in a chroot the kernel refuses the nested user namespace that gives an ordinary user back its own id.
 * Variables carry a prefix of their own, because the service's environment comes through here.
 */
export const enterScript = `#!/bin/sh
set -e
_cv_path=\${PATH-}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
_cv_new=$1 _cv_pushed=$2 _cv_app=$3 _cv_bin=$4 _cv_container=$5 _cv_ids=$6 _cv_how=$7 _cv_cwd=$8
shift 8

# Shows the machine's $1 at $2.
_cv_show() {
  if test -L "$1"; then
    ln -s "$(readlink "$1")" "$2"
  elif test -d "$1"; then
    mkdir -p "$2"
    mount --rbind "$1" "$2"
  elif test -e "$1"; then
    : >"$2"
    mount --bind "$1" "$2"
  fi
}

# Shows the entries of the machine's directory $1 in $2.
_cv_show_entries() {
  for _cv_entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    case $_cv_entry in /app | /charm | "$_cv_new") continue ;; esac
    if test -e "$_cv_entry" || test -L "$_cv_entry"; then
      _cv_show "$_cv_entry" "$2/\${_cv_entry##*/}" || :
    fi
  done
}

# Merges the pushed directory $1 into the view's directory $2, which shows the machine's directory $3.
_cv_merge() {
  for _cv_item in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if test -e "$_cv_item" && ! test -e "$3/\${_cv_item##*/}"; then
      mount -t tmpfs -o mode=755 tmpfs "$2"
      _cv_show_entries "$3" "$2"
      break
    fi
  done
  for _cv_item in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    test -e "$_cv_item" || continue
    if test -d "$_cv_item" && test -d "$3/\${_cv_item##*/}"; then
      (_cv_merge "$_cv_item" "$2/\${_cv_item##*/}" "$3/\${_cv_item##*/}")
    elif test -d "$_cv_item"; then
      mkdir -p "$2/\${_cv_item##*/}"
      mount --rbind "$_cv_item" "$2/\${_cv_item##*/}"
    else
      test -e "$2/\${_cv_item##*/}" || : >"$2/\${_cv_item##*/}"
      mount --bind "$_cv_item" "$2/\${_cv_item##*/}"
    fi
  done
}

mount -t tmpfs -o mode=755 tmpfs "$_cv_new"
# Else the machine's directory that holds the new root would be shown with the new root in it.
mount --make-unbindable "$_cv_new"
_cv_show_entries '' "$_cv_new"
for _cv_item in "$_cv_pushed"/* "$_cv_pushed"/.[!.]*; do
  test -e "$_cv_item" || continue
  if test -d "$_cv_item" && test -d "/\${_cv_item##*/}"; then
    _cv_top=\${_cv_item##*/}
    (_cv_merge "$_cv_item" "$_cv_new/$_cv_top" "/$_cv_top")
  else
    _cv_show "$_cv_item" "$_cv_new/\${_cv_item##*/}"
  fi
done
mkdir -p "$_cv_new/app" "$_cv_new/charm/bin" "$_cv_new/charm/container"
mount --bind "$_cv_app" "$_cv_new/app"
mount --bind "$_cv_bin" "$_cv_new/charm/bin"
mount --bind "$_cv_container" "$_cv_new/charm/container"
cd "$_cv_new"
mkdir .machine
pivot_root . .machine
cd /
umount -l /.machine
rmdir /.machine
cd "$_cv_cwd"
_cv_uid=\${_cv_ids%:*} _cv_gid=\${_cv_ids#*:}
_cv_unshare=$(command -v unshare)
_cv_setpriv=$(command -v setpriv || :)
PATH=$_cv_path
case $_cv_how in
  user) exec "$_cv_unshare" --user --map-user="$_cv_uid" --map-group="$_cv_gid" -- "$@" ;;
  root) exec "$_cv_setpriv" --reuid "$_cv_uid" --regid "$_cv_gid" --clear-groups -- "$@" ;;
  *) exec "$@" ;;
esac
`;
