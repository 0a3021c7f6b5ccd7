package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.output;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.ChildJvm;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ordinary Python on {@code /input}, {@code /output} and {@code /tmp}. */
@RequiresVm
class FilesVmTest {

    @TempDir
    private Path host;

    private Path workspace;

    @BeforeEach
    void makeWorkspace() throws IOException {
        workspace = Files.createDirectories(host.resolve("workspace"));
        Files.createDirectories(workspace.resolve("data/empty"));
        Files.writeString(workspace.resolve("data/orders.csv"), "user,price\n7,19.5\n7,180\n");
        Files.writeString(workspace.resolve("data/shop.json"), "{\"name\": \"Müller\", \"open\": true}");
        Files.write(workspace.resolve("data/bytes.bin"), new byte[] {0, 1, 2, 10, 13, (byte) 0xFF});
        Files.writeString(workspace.resolve("notes.txt"), "first\nsecond\nthird\n");
    }

    @Test
    void filesAreReadAsAnywhereElse() throws IOException {
        try (OutputStream file = Files.newOutputStream(workspace.resolve("archive.zip"));
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("inner/a.txt"));
            zip.write("zipped".repeat(1_000).getBytes(US_ASCII));
        }
        check(SandboxConfig.builder().workspace(workspace), """
                import csv, glob, json, os, pathlib, zipfile
                with open('/input/notes.txt') as f:
                    assert f.readline() == 'first\\n'
                    assert f.read() == 'second\\nthird\\n'
                    f.seek(0)
                    assert [line.strip() for line in f] == ['first', 'second', 'third']
                with open('/input/data/bytes.bin', 'rb') as f:
                    assert f.seek(-2, os.SEEK_END) == 4
                    assert f.read() == b'\\r\\xff' and f.read() == b'' and f.tell() == 6
                with open('/input/data/orders.csv', newline='') as f:
                    assert sum(float(row['price']) for row in csv.DictReader(f)) == 199.5
                with open('/input/data/shop.json', encoding='utf-8') as f:
                    assert json.load(f) == {'name': 'Müller', 'open': True}
                with zipfile.ZipFile('/input/archive.zip') as z:
                    assert z.namelist() == ['inner/a.txt']
                    assert z.read('inner/a.txt') == b'zipped' * 1000
                assert sorted(os.listdir('/')) == ['input', 'output', 'tmp']
                assert sorted(os.listdir('/input')) == ['archive.zip', 'data', 'notes.txt']
                walked = [(d, sorted(ds), sorted(fs)) for d, ds, fs in os.walk('/input')]
                assert walked == [('/input', ['data'], ['archive.zip', 'notes.txt']),
                    ('/input/data', ['empty'], ['bytes.bin', 'orders.csv', 'shop.json']), ('/input/data/empty', [], [])], walked
                assert os.stat('/input/notes.txt').st_size == 19 and os.path.getmtime('/input/notes.txt') > 1e9
                assert os.path.isdir('/input/data') and os.path.isfile('/input/notes.txt')
                assert not os.path.exists('/input/none')
                assert sorted(p.name for p in pathlib.Path('/input').rglob('*.*s*')) == ['orders.csv', 'shop.json']
                assert glob.glob('/input/**/*.bin', recursive=True) == ['/input/data/bytes.bin']
                assert {e.name: (e.is_dir(), e.stat().st_size) for e in os.scandir('/input/data') if e.is_file()}['bytes.bin'] == (False, 6)
                """);
    }

    @Test
    void packagesAreImportedFromAMount() throws IOException {
        Path library = Files.createDirectories(host.resolve("lib/shop/util"));
        Files.writeString(library.resolve("../__init__.py"), "from .util.total import total\n");
        Files.writeString(library.resolve("__init__.py"), "");
        Files.writeString(library.resolve("total.py"), "def total(prices):\n    return sum(prices)\n");
        check(SandboxConfig.builder().fileMount(FileMount.of(host.resolve("lib"), "lib")), """
                import sys
                sys.path.insert(0, '/input/lib')
                import shop
                assert shop.total([1, 2]) == 3
                assert shop.__file__ == '/input/lib/shop/__init__.py'
                """);
    }

    @Test
    void inputIsReadOnlyAndItsErrorsAreTheRightOnes() throws IOException {
        Files.createSymbolicLink(workspace.resolve("out"), host.resolve("secret.txt"));
        Files.createSymbolicLink(workspace.resolve("in"), Path.of("notes.txt"));
        Files.writeString(host.resolve("secret.txt"), "secret");
        check(SandboxConfig.builder().workspace(workspace), """
                import errno, os
                def fails(code, call, *args, **kwargs):
                    try:
                        call(*args, **kwargs)
                    except OSError as e:
                        assert e.errno == code, (errno.errorcode.get(e.errno), errno.errorcode[code], args)
                    else:
                        assert False, args
                fails(errno.EROFS, open, '/input/notes.txt', 'w')
                fails(errno.EROFS, open, '/input/notes.txt', 'a')
                fails(errno.EROFS, open, '/input/new.txt', 'w')
                fails(errno.EROFS, os.remove, '/input/notes.txt')
                fails(errno.EROFS, os.mkdir, '/input/new')
                fails(errno.EROFS, os.rename, '/input/notes.txt', '/output/notes.txt')
                fails(errno.ENOENT, open, '/input/none')
                fails(errno.EISDIR, open, '/input/data')
                fails(errno.ENOTDIR, open, '/input/notes.txt/x')
                fails(errno.EACCES, open, '/input/out')
                fails(errno.ENOENT, open, '/input/../secret.txt')
                fails(errno.ENAMETOOLONG, open, '/input/' + 'x' * 300)
                assert open('/input/in').readline() == 'first\\n'
                assert os.path.islink('/input/in') and os.readlink('/input/in') == 'notes.txt'
                """);
        assertEquals("first\nsecond\nthird\n", Files.readString(workspace.resolve("notes.txt")));
    }

    @Test
    void outputComesBackAndIsEmptyInTheNextRun() {
        try (Sandbox sandbox =
                Sandbox.of(SandboxConfig.builder().workspace(workspace).build())) {
            RunResult result = sandbox.run("""
                    import os, shutil, tempfile
                    shutil.copytree('/input', '/output/copy')
                    with open('/output/z.txt', 'w') as f:
                        f.write('one\\n')
                    with open('/output/z.txt', 'a') as f:
                        f.write('two\\n')
                    with open('/output/z.txt', 'r+b') as f:
                        f.seek(4)
                        f.write(b'TWO')
                        f.truncate(7)
                    with open('/output/sparse.bin', 'wb') as f:
                        f.seek(1_000_000)
                        f.write(b'end')
                    os.makedirs('/output/a/b', exist_ok=True)
                    os.rename('/output/a/b', '/output/a/c')
                    os.rmdir('/output/a/c')
                    with tempfile.NamedTemporaryFile('w+', dir='/tmp') as f:
                        f.write('temporary')
                        f.seek(0)
                        assert f.read() == 'temporary'
                    with tempfile.TemporaryDirectory() as d:
                        open(os.path.join(d, 'x'), 'w').close()
                    assert os.listdir('/tmp') == []
                    open('/tmp/left', 'w').close()
                    """);
            assertEquals(new Outcome.Completed(0), result.outcome(), result::toString);
            List<OutputFile> files = result.outputFiles();
            assertEquals(
                    List.of(
                            "copy/data/bytes.bin",
                            "copy/data/orders.csv",
                            "copy/data/shop.json",
                            "copy/notes.txt",
                            "sparse.bin",
                            "z.txt"),
                    files.stream().map(OutputFile::path).toList());
            assertArrayEquals(
                    new byte[] {0, 1, 2, 10, 13, (byte) 0xFF}, files.getFirst().bytes());
            assertEquals("text/csv", files.get(1).mediaType());
            assertEquals(1_000_003, files.get(4).bytes().length);
            assertArrayEquals("one\nTWO".getBytes(US_ASCII), files.getLast().bytes());
            assertEquals("[] []\n", output(sandbox, "import os; print(os.listdir('/output'), os.listdir('/tmp'))"));
            assertEquals(1_000_003, files.get(4).bytes().length);
        }
    }

    @Test
    void fullQuotaIsAnErrorOfThePythonCallAndWhatWasWrittenBeforeIsThere() {
        Limits limits = Limits.builder()
                .outputFiles(3)
                .outputFileSize(ByteSize.ofKibibytes(100))
                .outputSize(ByteSize.ofKibibytes(150))
                .build();
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().limits(limits).build())) {
            RunResult result = sandbox.run("""
                    import errno
                    def fails(code, path, size):
                        try:
                            with open(path, 'wb', buffering=0) as f:
                                f.write(bytes(size))
                        except OSError as e:
                            assert e.errno == code, e
                        else:
                            assert False, path
                    fails(errno.EFBIG, '/output/a', 100 * 1024 + 1)
                    with open('/output/a', 'wb') as f:
                        f.write(bytes(100 * 1024))
                    fails(errno.ENOSPC, '/output/b', 50 * 1024 + 1)
                    with open('/output/c', 'w') as f:
                        f.write('small')
                    fails(errno.ENOSPC, '/output/d', 0)
                    """);
            assertEquals(new Outcome.Completed(0), result.outcome(), result::toString);
            assertEquals(
                    List.of("a", "b", "c"),
                    result.outputFiles().stream().map(OutputFile::path).toList());
        }
    }

    @Test
    void manyFilesAreListedAndTooManyOpenOnesAreAnError() throws IOException {
        Path many = Files.createDirectories(workspace.resolve("many"));
        for (int i = 0; i < 2_500; i++) {
            Files.createFile(many.resolve("f" + i));
        }
        check(SandboxConfig.builder().workspace(workspace), """
                import os
                names = os.listdir('/input/many')
                assert sorted(names) == sorted(f'f{i}' for i in range(2500)), len(names)
                opened = []
                try:
                    for i in range(2000):
                        opened.append(open(f'/input/many/f{i}'))
                except OSError:
                    pass
                assert 100 <= len(opened) < 2000, len(opened)
                for f in opened:
                    f.close()
                open('/input/notes.txt').close()
                """);
    }

    @Test
    void databaseWorksWhereTheBuildHasOne() {
        check(SandboxConfig.builder(), """
                try:
                    import sqlite3
                except ImportError:
                    pass
                else:
                    db = sqlite3.connect('/output/shop.db')
                    db.execute('create table orders (price real)')
                    db.executemany('insert into orders values (?)', [(1.5,), (2.5,)])
                    db.commit()
                    assert db.execute('select sum(price) from orders').fetchone() == (4.0,)
                    db.close()
                """);
    }

    @Test
    void directoryOfSpecialFilesIsListedWithinTheDeadline() throws Exception {
        Path many = Files.createDirectories(workspace.resolve("many"));
        String script = "seq -f 'fifo-%05.0f' 20000 | xargs mkfifo && seq -f 'f%05.0f' 5000 | xargs touch";
        int made = new ProcessBuilder("sh", "-c", script)
                .directory(many.toFile())
                .inheritIO()
                .start()
                .waitFor();
        assertEquals(0, made);
        Limits limits = Limits.builder().wallTime(Duration.ofSeconds(1)).build();
        SandboxConfig config =
                SandboxConfig.builder().workspace(workspace).limits(limits).build();
        try (Sandbox sandbox = Sandbox.of(config)) {
            RunResult result = sandbox.run("import os\nwhile True: os.listdir('/input/many')");
            assertEquals(new Outcome.TimedOut(Duration.ofSeconds(1)), result.outcome());
            assertTrue(result.duration().toMillis() < 3_000, result::toString);
        }
    }

    @Test
    void mountThatIsGoneIsAnErrorOfTheProgram() throws IOException {
        Path going = Files.createDirectories(host.resolve("going"));
        SandboxConfig config = SandboxConfig.builder()
                .workspace(workspace)
                .fileMount(FileMount.of(going, "going"))
                .build();
        Files.delete(going);
        try (Sandbox sandbox = Sandbox.of(config)) {
            assertEquals("done\n", output(sandbox, """
                    import os
                    assert os.listdir('/input/data')
                    for attempt in os.listdir, os.stat, open:
                        try:
                            attempt('/input/going')
                        except FileNotFoundError:
                            pass
                        else:
                            assert False, attempt
                    print('done')
                    """));
        }
    }

    @Test
    @Timeout(900)
    void resultsThatAreDroppedDoNotPileUpOnTheHost() throws Exception {
        List<String> options =
                List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-Dhyperlight4j.spilledFiles=4");
        assertEquals(List.of("bounded"), ChildJvm.run(DroppedResults.class, options, List.of()));
    }

    /** Drops the results of 200 runs with a large file each; the next run's file must be complete. */
    static final class DroppedResults {

        /** Prints the error's number, which is WASI's for ENOSPC. */
        private static final String NO_SPACE = "51\n";

        private static final String PROGRAM = """
                try:
                    with open('/output/f', 'wb') as f: f.write(bytes(600 << 10))
                except OSError as e: print(e.errno)
                """;

        public static void main(String[] arguments) throws Exception {
            try (Sandbox sandbox = Sandbox.of(SandboxConfig.defaults())) {
                for (int run = 0; run < 200; run++) {
                    String printed = output(sandbox, PROGRAM);
                    long descriptors = spillDescriptors();
                    if (descriptors > 4 || !(printed.isEmpty() || printed.equals(NO_SPACE))) {
                        throw new AssertionError("run " + run + ": " + descriptors + " descriptors, " + printed);
                    }
                }
                System.gc();
                Thread.sleep(500);
                try (RunResult last = sandbox.run(PROGRAM)) {
                    System.out.println(last.outputFiles().getFirst().isComplete() ? "bounded" : last);
                }
            }
        }

        private static long spillDescriptors() throws IOException {
            try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
                return descriptors
                        .filter(descriptor -> {
                            try {
                                String target =
                                        Files.readSymbolicLink(descriptor).toString();
                                return target.contains("hyperlight4j-") && target.endsWith("(deleted)");
                            } catch (IOException e) {
                                return false; // It is closed.
                            }
                        })
                        .count();
            }
        }
    }

    private static void check(SandboxConfig.Builder config, String program) {
        try (Sandbox sandbox = Sandbox.of(config.build())) {
            String printed = output(sandbox, program + "\nprint('done')\n");
            assertTrue(printed.endsWith("done\n"), printed);
        }
    }
}
