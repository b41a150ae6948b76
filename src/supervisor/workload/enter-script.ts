/**
 * The script that builds another view of the file system and becomes a command in it. It runs in a mount namespace of
 * its own (`unshare --mount`), so nothing that it mounts can be seen, or stays, outside of it.
 *
 * Arguments: the mount point for the new root, the pushed files (empty for none), `uid:gid` to become, `user` or `root`
 * for the way to become it (anything else: stay who it is), the working directory, entries of the machine's `/` that
 * are not shown, separated by blanks, how many directories get a place of their own, for each of them its path in the
 * view and where it really is, and the command.
 *
 * The new root is a tmpfs in which every entry of the machine's `/` is bound; it is entered by pivot_root and not by
 * chroot, because in a chroot the kernel refuses the nested user namespace that gives an ordinary user back its own id.
 * Variables carry a prefix of their own, because the service's environment comes through here.
 */
export const enterScript = `#!/bin/sh
set -e
_cv_path=\${PATH-}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
_cv_new=$1 _cv_pushed=$2 _cv_ids=$3 _cv_how=$4 _cv_cwd=$5 _cv_hidden=$6 _cv_count=$7
shift 7

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

# Shows the entries of the machine's directory $1 in $2: as many as can be by a few processes, because every start of a
# service and every hook waits for this. Names with unusual characters go one by one.
_cv_show_entries() {
  _cv_links='' _cv_dirs='' _cv_table=''
  for _cv_entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    case " $_cv_hidden $_cv_new " in *" $_cv_entry "*) continue ;; esac
    _cv_at=$2/\${_cv_entry##*/}
    case $_cv_entry$2 in
      *[!A-Za-z0-9/._-]*)
        if test -e "$_cv_entry" || test -L "$_cv_entry"; then _cv_show "$_cv_entry" "$_cv_at" || :; fi
        continue
        ;;
    esac
    if test -L "$_cv_entry"; then
      _cv_links="$_cv_links $_cv_entry"
    elif test -d "$_cv_entry"; then
      _cv_dirs="$_cv_dirs $_cv_at"
      _cv_table="$_cv_table$_cv_entry $_cv_at none rbind 0 0
"
    elif test -e "$_cv_entry"; then
      : >"$_cv_at"
      _cv_table="$_cv_table$_cv_entry $_cv_at none bind 0 0
"
    fi
  done
  test -z "$_cv_links" || cp -P $_cv_links "$2/" || :
  test -z "$_cv_dirs" || mkdir $_cv_dirs
  if test -n "$_cv_table"; then
    printf '%s' "$_cv_table" >"$_cv_new/.table"
    mount --all --fstab "$_cv_new/.table" || :
  fi
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

# Unbindable, else the machine's directory that holds the new root would be shown with the new root in it.
mount -t tmpfs -o mode=755 --make-unbindable tmpfs "$_cv_new"
_cv_show_entries '' "$_cv_new"
if test -n "$_cv_pushed"; then
  for _cv_item in "$_cv_pushed"/* "$_cv_pushed"/.[!.]*; do
    test -e "$_cv_item" || continue
    if test -d "$_cv_item" && test -d "/\${_cv_item##*/}"; then
      _cv_top=\${_cv_item##*/}
      (_cv_merge "$_cv_item" "$_cv_new/$_cv_top" "/$_cv_top")
    else
      _cv_show "$_cv_item" "$_cv_new/\${_cv_item##*/}"
    fi
  done
fi
while test "$_cv_count" -gt 0; do
  mkdir -p "$_cv_new$1"
  mount --bind "$2" "$_cv_new$1"
  shift 2
  _cv_count=$((_cv_count - 1))
done
cd "$_cv_new"
mkdir .machine
pivot_root . .machine
cd /
umount -l /.machine
rm -df /.machine /.table
cd "$_cv_cwd"
_cv_uid=\${_cv_ids%:*} _cv_gid=\${_cv_ids#*:}
_cv_unshare=$(command -v unshare)
_cv_setpriv=$(command -v setpriv || :)
PATH=$_cv_path
# What the shell has added by itself.
unset OLDPWD PWD SHLVL
case $_cv_how in
  user) exec "$_cv_unshare" --user --map-user="$_cv_uid" --map-group="$_cv_gid" -- "$@" ;;
  root) exec "$_cv_setpriv" --reuid "$_cv_uid" --regid "$_cv_gid" --clear-groups -- "$@" ;;
  *) exec "$@" ;;
esac
`;
