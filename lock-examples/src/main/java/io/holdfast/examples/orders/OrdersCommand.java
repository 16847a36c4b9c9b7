package io.holdfast.examples.orders;

import io.holdfast.LockBackendException;
import io.holdfast.LockException;
import io.holdfast.LockOptions;
import io.holdfast.examples.orders.backend.DemoBackend;
import io.holdfast.examples.orders.backend.Incident;
import io.holdfast.examples.orders.input.OrderFile;
import io.holdfast.examples.orders.shop.Shop;
import io.holdfast.examples.orders.shop.Stock;
import io.holdfast.testservers.ServerStartException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line: what can be asked for, and what is refused. */
@Command(
        name = "./demo",
        versionProvider = Version.class,
        sortOptions = false,
        description =
                "%nSells the orders of a file from one stock by many workers at once, each item guarded by a lock.",
        footer = {
            "",
            "The file is comma-separated text in UTF-8, with or without a header:",
            "",
            "  order,item,quantity,customer",
            "  A-00001,enamel coat hook,3,Olga Berg",
            "",
            "Each row that is no order is reported on standard error, by its line and what is wrong with it. The others "
                    + "are processed.",
            ""
        },
        optionListHeading = "",
        parameterListHeading = "%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all orders were processed, and the books balance",
            "1:the books do not balance; so it is with --no-lock",
            "2:not begun: bad option, unreadable or empty file, backend out of reach",
            "3:the books balance, but rows were malformed or orders failed for want of a lock",
            "130:stopped by Ctrl-C, after a summary of what was done"
        })
final class OrdersCommand implements Callable<Integer> {
    private static final int MAX_WORKERS = 1_000;
    private static final int MAX_STOCK = 1_000_000_000;
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);

    private final Run run;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "the orders; without it, those in lock-examples/src/main/resources/orders.csv")
    private @Nullable Path file;

    @Option(names = "--no-lock", description = "the same job without the lock, to see what goes wrong")
    private boolean noLock;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "16",
            description = "how many work at once (default: ${DEFAULT-VALUE})")
    private int workers;

    @Option(
            names = "--stock",
            paramLabel = "N",
            defaultValue = "300",
            description = "units of each item to begin with (default: ${DEFAULT-VALUE})")
    private int stock;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "memory",
            description = "where the locks are kept: memory; redis or etcd, which start a server for the demo alone; "
                    + "sharded, which starts three and spreads the locks over them; quorum, which starts three "
                    + "and loses one in the middle; or the URI of a store, "
                    + "such as redis://localhost or etcd://localhost:2379 (default: ${DEFAULT-VALUE})")
    private String backend = "";

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "how long a lock outlives a worker that has died (default: ${DEFAULT-VALUE})")
    private Duration lease = Duration.ZERO;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "how long a worker waits for a lock at most (default: ${DEFAULT-VALUE})")
    private Duration timeout = Duration.ZERO;

    @Option(names = "--help", usageHelp = true, description = "show this and exit")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "show the version and exit")
    boolean version;

    OrdersCommand(Run run) {
        this.run = run;
    }

    @Override
    public Integer call() throws InterruptedException {
        requireBetween(1, MAX_WORKERS, workers, "--workers");
        requireBetween(0, MAX_STOCK, stock, "--stock");
        LockOptions options = refusing("--lease: ", () -> LockOptions.defaults().withLease(lease));
        OrderFile orders = readOrders();
        Stock filled = new Stock(orders.orders(), stock);
        if (noLock) {
            return run.sell(orders, Shop.withoutLock(filled), workers, "no lock", Incident.NONE);
        }
        try (DemoBackend opened = open()) {
            String guardedBy = "one lock per item (" + opened.description() + ")";
            Shop shop = Shop.withLock(filled, opened.locks(), timeout, options);
            return run.sell(orders, shop, workers, guardedBy, opened.incident());
        }
    }

    /** Opens the backend and tries it, so that one that is out of reach is told before anything is begun. */
    private DemoBackend open() throws InterruptedException {
        DemoBackend opened = refusing("--backend: ", () -> DemoBackend.open(backend));
        try {
            opened.locks().newClient().acquire("demo/trial", FIRST_ANSWER).close();
            return opened;
        } catch (LockException unusable) {
            opened.close();
            throw refused("--backend: " + unusable.getMessage());
        }
    }

    private OrderFile readOrders() {
        OrderFile orders = file == null ? OrderFile.shipped() : read(file);
        if (orders.orders().isEmpty() && orders.badRows().isEmpty()) {
            throw refused(file + " holds no orders");
        }
        return orders;
    }

    private OrderFile read(Path path) {
        try {
            return OrderFile.read(path);
        } catch (NoSuchFileException missing) {
            throw refused("there is no file " + path);
        } catch (IOException unreadable) {
            throw refused("cannot read " + path + ": " + unreadable.getMessage());
        }
    }

    private void requireBetween(int least, int most, int value, String option) {
        if (value < least || value > most) {
            throw refused(
                    String.format(Locale.ROOT, "%s must be from %,d to %,d, but is %,d", option, least, most, value));
        }
    }

    /** Does what may be refused for a reason that the user should read. */
    private <T> T refusing(String prefix, Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException | LockBackendException | ServerStartException reason) {
            throw refused(prefix + reason.getMessage());
        }
    }

    private ParameterException refused(String why) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), why);
    }
}
