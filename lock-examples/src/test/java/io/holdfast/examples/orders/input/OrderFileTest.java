package io.holdfast.examples.orders.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderFileTest {
    private static final Order MUG = new Order("A-1", "mug", 2, "Ann");
    private static final Order BOWL = new Order("A-2", "bowl", 3, "Bob");

    @Test
    void theShippedFileHoldsThousandsOfOrdersOfHundredsOfItemsAndNoBadRow() {
        OrderFile shipped = OrderFile.shipped();
        assertThat(shipped.badRows()).isEmpty();
        assertThat(shipped.orders()).hasSize(8_000);
        assertThat(shipped.orders().stream().map(Order::item).distinct()).hasSizeGreaterThan(300);
        assertThat(shipped.orders().stream().map(Order::id).distinct()).hasSize(8_000);
    }

    @Test
    void aRowIsAnOrder() {
        assertThat(parse("A-1,mug,2,Ann\n").orders()).containsExactly(MUG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"order,item,quantity,customer", "id,sku,QTY,who", "a, b, Amount ,d"})
    void theFirstRowMayBeAHeader(String header) {
        OrderFile file = parse(header + "\nA-1,mug,2,Ann\n");
        assertThat(file.orders()).containsExactly(MUG);
        assertThat(file.badRows()).isEmpty();
    }

    @Test
    void aHeaderFurtherDownIsABadRow() {
        assertThat(parse("A-1,mug,2,Ann\norder,item,quantity,customer\n").badRows())
                .singleElement()
                .satisfies(bad -> assertThat(bad.line()).isEqualTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void anyLineEndIsOne(String end) {
        assertThat(parse("order,item,quantity,customer" + end + "A-1,mug,2,Ann" + end + "A-2,bowl,3,Bob")
                        .orders())
                .containsExactly(MUG, BOWL);
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstColumn() {
        assertThat(parse("\uFEFFA-1,mug,2,Ann").orders()).containsExactly(MUG);
        assertThat(parse("\uFEFF" + "order,item,quantity,customer\nA-1,mug,2,Ann")
                        .orders())
                .containsExactly(MUG);
    }

    @Test
    void blankLinesAreNoRowsButAreCounted() {
        OrderFile file = parse("\n  \nA-1,mug,2,Ann\n\nnonsense\n");
        assertThat(file.orders()).containsExactly(MUG);
        assertThat(file.badRows()).extracting(BadRow::line).containsExactly(5);
    }

    @Test
    void spacesAroundAColumnAreNoPartOfIt() {
        assertThat(parse(" A-1 , mug ,\t2 , \"Ann\" ").orders()).containsExactly(MUG);
    }

    @Test
    void aQuotedColumnMayHaveCommasQuotesAndLineBreaks() {
        OrderFile file = parse("A-1,\"table, \"\"round\"\"\noak\",2,Ann\nA-2,bowl,3,Bob\n");
        assertThat(file.orders()).containsExactly(new Order("A-1", "table, \"round\"\noak", 2, "Ann"), BOWL);
    }

    @Test
    void aQuoteInsideAnUnquotedColumnIsText() {
        assertThat(parse("A-1,5\" pipe,2,Ann\nA-2,bowl,3,Bob").orders())
                .containsExactly(new Order("A-1", "5\" pipe", 2, "Ann"), BOWL);
    }

    @Test
    void theCustomerMayBeEmpty() {
        assertThat(parse("A-1,mug,2,").orders()).containsExactly(new Order("A-1", "mug", 2, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "A-1                  | has 1 column instead of 4",
                "A-1,mug,2            | has 3 columns instead of 4",
                "A-1,mug,2,Ann,       | has 5 columns instead of 4",
                ",mug,2,Ann           | the order's id is empty",
                "A-1,,2,Ann           | the item is empty",
                "'A-1,\"  \",2,Ann'   | the item is empty",
                "A-1,mug,,Ann         | the quantity must be a whole number from 1 to 1,000,000,000, but is \"\"",
                "A-1,mug,two,Ann      | the quantity must be a whole number from 1 to 1,000,000,000, but is \"two\"",
                "A-1,mug,0,Ann        | the quantity must be a whole number from 1 to 1,000,000,000, but is \"0\"",
                "A-1,mug,-1,Ann       | the quantity must be a whole number from 1 to 1,000,000,000, but is \"-1\"",
                "A-1,mug,1.5,Ann      | the quantity must be a whole number from 1 to 1,000,000,000, but is \"1.5\"",
                "A-1,mug,1000000001,A | the quantity must be a whole number from 1 to 1,000,000,000, but is \"1000000001\"",
                "A-1,mug,99999999999999999999,A | the quantity must be a whole number from 1 to 1,000,000,000, but is \"99999999999999999999\"",
                "A-1,\"mug,2,Ann      | a quote is never closed, or is followed by text",
                "A-1,\"mug\"s,2,Ann   | a quote is never closed, or is followed by text",
            })
    void aBadRowIsToldByItsLineAndReasonAndSpoilsNoOther(String row, String reason) {
        OrderFile file = parse("A-1,mug,2,Ann\n" + row + "\nA-2,bowl,3,Bob\n");
        assertThat(file.orders()).containsExactly(MUG, BOWL);
        assertThat(file.badRows()).containsExactly(new BadRow(2, reason));
    }

    @Test
    void twoStrayQuotesSpoilTheirOwnRowsOnly() {
        OrderFile file = parse("A-0,\"oak chair,1,Cid\nA-1,mug,2,Ann\nA-2,bowl,3,Bob\nA-3,\"pine chair,1,Dan\n");
        assertThat(file.orders()).containsExactly(MUG, BOWL);
        assertThat(file.badRows()).extracting(BadRow::line).containsExactly(1, 4);
    }

    @Test
    void theGreatestQuantityIsABillionHoweverItIsWritten() {
        assertThat(parse("A-1,mug,1000000000,A\nA-2,mug,00000000000000000001000000000,A\n")
                        .orders())
                .extracting(Order::quantity)
                .containsExactly(1_000_000_000, 1_000_000_000);
    }

    @Test
    void anItemThatIsTooLongToBeLockedIsABadRow() {
        String longest = "é".repeat((DistributedLock.MAX_NAME_BYTES - "stock/".length()) / 2);
        OrderFile file = parse("A-1," + longest + ",1,A\nA-2," + longest + "é,1,A\n");
        assertThat(file.orders()).extracting(Order::item).containsExactly(longest);
        assertThat(file.badRows())
                .singleElement()
                .satisfies(bad -> assertThat(bad.reason()).contains("at most 1024 bytes"));
    }

    @Test
    void aRowThatIsNotUtf8IsABadRow() {
        byte[] bytes = "A-1,mug,2,Ann\nA-3,caf\u00e9 table,1,Zo\u00eb\nA-2,bowl,3,Bob\n".getBytes(ISO_8859_1);
        OrderFile file = OrderFile.parse("orders.csv", bytes);
        assertThat(file.orders()).containsExactly(MUG, BOWL);
        assertThat(file.badRows()).containsExactly(new BadRow(2, "is not UTF-8 text"));
    }

    @Test
    void anEmptyFileHoldsNothing() {
        assertThat(parse("").orders()).isEmpty();
        assertThat(parse("").badRows()).isEmpty();
        assertThat(parse("order,item,quantity,customer\n").badRows()).isEmpty();
    }

    @Test
    void aFileIsReadFromDisk(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.csv"), "A-1,mug,2,Ann");
        assertThat(OrderFile.read(file)).satisfies(read -> {
            assertThat(read.name()).isEqualTo(file.toString());
            assertThat(read.orders()).containsExactly(MUG);
        });
        assertThatThrownBy(() -> OrderFile.read(folder.resolve("none.csv"))).isInstanceOf(NoSuchFileException.class);
    }

    private static OrderFile parse(String text) {
        return OrderFile.parse("orders.csv", text.getBytes(UTF_8));
    }
}
