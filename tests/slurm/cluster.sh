# Sourced: a Slurm of our own, of nodes that are all on this machine, with all its files in
# $folder. Nothing of a Slurm that the machine may have is touched.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the script sets $folder

nodes=()
declare -A slurmd

# start_cluster NODE…
start_cluster() {
    local node me
    me=$(id --user --name)
    nodes=("$@")
    mkdir "$folder/munge" "$folder/state"
    # Munge wants that others can reach its socket.
    chmod 711 "$folder" "$folder/munge"
    (umask 077 && head --bytes=128 /dev/urandom >"$folder/munge/key")
    munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
        --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
        >"$folder/munge/out" 2>&1 &
    munged=$!
    until_so "munged answers" munge --socket="$folder/munge/socket" --no-input --output=/dev/null 2>/dev/null

    # cred_expire is also how long what is queued again has to wait.
    cat >"$folder/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmdSpoolDir=$folder/spool.%n
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SwitchType=switch/none
MpiDefault=none
KillWait=30
ReturnToService=0
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE LLN=YES State=UP
END
    for node in "$@"; do
        # Room for all shares, as one node has to do for the other.
        echo "NodeName=$node NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=$(free_port) CPUs=8"
    done >>"$folder/slurm.conf"
    export SLURM_CONF=$folder/slurm.conf
    with_path=$PATH:/usr/sbin:/sbin

    PATH=$with_path slurmctld -D >"$folder/slurmctld.out" 2>&1 &
    slurmctld=$!
    for node in "$@"; do
        mkdir "$folder/spool.$node"
        PATH=$with_path slurmd -D -N "$node" >"$folder/slurmd.$node.out" 2>&1 &
        slurmd[$node]=$!
    done
    until_so "all nodes are idle" all_idle "$#"
}

all_idle() {
    [ "$(sinfo --noheader --Node --states=IDLE --format=%N 2>/dev/null | wc --lines)" -eq "$1" ]
}

# lose_node NODE: Slurm hears no more of it, and what runs on it runs on.
lose_node() {
    kill -KILL "${slurmd[$1]}"
    wait "${slurmd[$1]}" 2>/dev/null || true
    unset "slurmd[$1]"
}

# kill_all_on NODE: as where a node loses its power.
kill_all_on() {
    local process
    for process in $(processes_of "$1"); do
        kill -KILL "$process" 2>/dev/null || true
    done
}

# Jobs with all their processes, and the parents of them, which are slurmstepd.
processes_of() {
    local file environment process parent
    for file in /proc/[0-9]*/environ; do
        # Those that end meanwhile have none to read.
        { environment=$(tr '\0' '\n' <"$file"); } 2>/dev/null || continue
        grep --quiet --line-regexp "SLURMD_NODENAME=$1" <<<"$environment" || continue
        grep --quiet --line-regexp "SLURM_CONF=$SLURM_CONF" <<<"$environment" || continue
        process=${file#/proc/} process=${process%/environ}
        parent=$(awk '/^PPid/ { print $2 }' "/proc/$process/status" 2>/dev/null) || continue
        if grep --quiet slurmstepd "/proc/$parent/cmdline" 2>/dev/null; then echo "$parent"; fi
        echo "$process"
    done
}

stop_cluster() {
    local node
    for node in "${nodes[@]}"; do
        # Of one that was lost.
        [ -n "${slurmd[$node]-}" ] || kill_all_on "$node"
    done
    [ -z "${slurmctld-}" ] || scancel --user="$(id --user --name)" 2>/dev/null || true
    [ -z "${slurmctld-}" ] || until_so "no job is left" no_job || true
    [ ${#slurmd[@]} -eq 0 ] || kill "${slurmd[@]}" 2>/dev/null || true
    [ -z "${slurmctld-}" ] || kill "$slurmctld" 2>/dev/null || true
    # They write their state while they end.
    wait "${slurmd[@]}" ${slurmctld:+"$slurmctld"} 2>/dev/null || true
    [ -z "${munged-}" ] || kill "$munged" 2>/dev/null || true
}
