# The Java half: the jars of the programs, in the cache. Part of common.sh.
# shellcheck shell=bash disable=SC2154

# java_programs: sets `programs` to the folder with this tree's jars: cli/ and bench/, built if need be.
java_programs() {
  setup_jdk
  programs=$cache/java-$(tree_key pom.xml .mvn bindings core provider bench)-$(native_source)
  [[ ! -e $programs/complete ]] || return 0
  setup_maven
  step "Java" java_maven -Pquick -DskipTests package
  rm -rf "$programs"
  mkdir -p "$programs"
  cp -r "$repository/provider/cli/target/lib" "$programs/cli"
  cp -r "$repository/bench/target/lib" "$programs/bench"
  touch "$programs/complete"
}

java_maven() { (cd "$repository" && mvn -B -ntp -Dhyperlight4j.native.source="$(native_source)" "$@"); }

# run_program PROGRAM CLASS ARGUMENT...: becomes a class of cli or bench where micro-VMs work. Serial collection and the quick
# compiler only: these programs live for seconds.
run_program() {
  native_runtime
  java_programs
  exec "$repository/scripts/with-kvm" "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    --enable-native-access=ALL-UNNAMED -cp "$programs/$1/*" "${@:2}"
}
