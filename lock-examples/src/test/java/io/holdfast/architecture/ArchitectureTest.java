package io.holdfast.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.Date;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The arrows between packages, and what library code leaves to others. It stands with the examples because they alone
 * have every module of the library on their class path.
 */
class ArchitectureTest {
    /** Where time enters the library: everything else is handed a ticker, so that a test can own the time. */
    private static final String SYSTEM_TIME = "io.holdfast.core.SystemTime";

    private static final String API = "io.holdfast";
    private static final String SPI = "io.holdfast.spi..";
    private static final String CORE = "io.holdfast.core..";
    private static final String IN_MEMORY = "io.holdfast.inmemory..";
    private static final String REDIS = "io.holdfast.redis..";
    private static final String REDIS_WIRE = "io.holdfast.redis.wire..";
    private static final String[] JEDIS = {"redis.clients.jedis..", "org.apache.commons.pool2.."};
    private static final String ETCD = "io.holdfast.etcd..";
    /** jetcd's protocol classes, and the libraries that its own API shows. */
    private static final String[] JETCD = {"io.etcd.jetcd..", "io.grpc..", "io.netty..", "com.google.protobuf.."};

    private static final String QUORUM = "io.holdfast.quorum..";
    private static final String SHARDED = "io.holdfast.sharded..";
    private static final String CONFORMANCE = "io.holdfast.conformance..";
    private static final String TEST_SERVERS = "io.holdfast.testservers..";
    private static final String EXAMPLES = "io.holdfast.examples..";

    private static final JavaClasses EVERYTHING = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.holdfast");

    private static final JavaClasses LIBRARY = EVERYTHING.that(
            DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(CONFORMANCE, TEST_SERVERS, EXAMPLES)));

    @Test
    void theApiDependsOnNothingButTheJdkAndAnnotations() {
        onlyKnows(API);
    }

    @Test
    void theSpiKnowsOnlyTheApi() {
        onlyKnows(SPI, API);
    }

    @Test
    void theCoreKnowsTheSpiButNoBackend() {
        onlyKnows(CORE, API, SPI, "org.slf4j..");
    }

    @Test
    void theInMemoryEngineKnowsTheCore() {
        onlyKnows(IN_MEMORY, API, SPI, CORE, "org.slf4j..");
    }

    @Test
    void theRedisBackendKnowsNoOtherBackend() {
        onlyKnows(REDIS, API, SPI, CORE, "javax.net.ssl..", "org.slf4j..", JEDIS[0], JEDIS[1]);
    }

    @Test
    void theWireToRedisKnowsNothingOfLocks() {
        onlyKnows(REDIS_WIRE, API, SPI, "javax.net.ssl..", "org.slf4j..", JEDIS[0], JEDIS[1]);
    }

    @Test
    void theEtcdBackendKnowsNoOtherBackend() {
        onlyKnows(ETCD, API, SPI, CORE, "javax.net.ssl..", "org.slf4j..", JETCD[0], JETCD[1], JETCD[2], JETCD[3]);
    }

    @Test
    void backendsThatAreMadeOfOthersKnowNoneInParticular() {
        onlyKnows(SHARDED, API, SPI, CORE, QUORUM, "org.slf4j..");
        onlyKnows(QUORUM, API, SPI, CORE, "org.slf4j..");
    }

    @Test
    void nothingDependsOnTheConformanceSuite() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CONFORMANCE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CONFORMANCE)
                .check(EVERYTHING);
    }

    @Test
    void theTestServersKnowNothingOfLocks() {
        onlyKnows(TEST_SERVERS, "javax.net.ssl..", "org.slf4j..");
    }

    @Test
    void nothingThatIsPublishedDependsOnTheTestServers() {
        noClasses()
                .that()
                .resideOutsideOfPackages(TEST_SERVERS, EXAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(TEST_SERVERS)
                .check(EVERYTHING);
    }

    @Test
    void packagesFormNoCycles() {
        slices().assignedFrom(eachPackage()).should().beFreeOfCycles().check(EVERYTHING);
    }

    @Test
    void onlyOnePlaceReadsTheSystemsTime() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(SYSTEM_TIME)
                .should()
                .accessTargetWhere(
                        DescribedPredicate.describe("the system's time is read", ArchitectureTest::readsTheSystemsTime))
                .check(LIBRARY);
    }

    @Test
    void theLibraryNeverSleeps() {
        noClasses()
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "a thread sleeps", access -> access.getName().equals("sleep")))
                .check(LIBRARY);
    }

    @Test
    void theLibraryLogsBySlf4jAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(LIBRARY);
    }

    @Test
    void theLibraryPrintsNothing() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(LIBRARY);
    }

    /** Before JDK 24, a virtual thread that blocks in a monitor keeps its carrier thread. */
    @Test
    void noMethodIsSynchronized() {
        noMethods().should().haveModifier(SYNCHRONIZED).check(LIBRARY);
    }

    /** NullAway looks only at marked packages, so one that is not marked would go unchecked. */
    @Test
    void everyPackageIsNullMarked() {
        assertThat(EVERYTHING.stream().map(JavaClass::getPackage).distinct())
                .allMatch(holdfast -> holdfast.isAnnotatedWith(NullMarked.class));
    }

    private static void onlyKnows(String subject, String... others) {
        String[] known = Stream.of(Stream.of(subject), Arrays.stream(others), Stream.of("java..", "org.jspecify.."))
                .flatMap(names -> names)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(subject)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known)
                .check(EVERYTHING);
    }

    private static boolean readsTheSystemsTime(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getName();
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
            case "java.util.Calendar" -> name.equals("getInstance");
            case "java.util.Date" -> isNewDate(access);
            default -> owner.startsWith("java.time.") && name.equals("now");
        };
    }

    private static boolean isNewDate(JavaAccess<?> access) {
        return access instanceof JavaConstructorCall call
                && call.getTargetOwner().isEquivalentTo(Date.class)
                && call.getTarget().getRawParameterTypes().isEmpty();
    }

    private static SliceAssignment eachPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "each package";
            }
        };
    }
}
