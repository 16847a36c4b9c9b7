package io.holdfast.testservers;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the place for what a build keeps until it is cleaned. */
final class BuildFolder {
    private BuildFolder() {}

    /**
     * The {@code target} of the outermost Maven module that this code was built in, so that all modules share it. Code that
     * doesn't lie in a build gets a folder among the user's temporary files.
     *
     * @return a folder that may not exist yet
     */
    static Path find() {
        Path code = ownCode();
        Path build = null;
        for (Path folder = code.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("pom.xml"))) {
                build = folder;
            } else if (build != null) {
                break;
            }
        }
        return build == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "holdfast-" + System.getProperty("user.name"))
                : build.resolve("target");
    }

    private static Path ownCode() {
        try {
            return Path.of(BuildFolder.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path names no file", e);
        }
    }
}
