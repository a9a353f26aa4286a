// Asks veraPDF's engine about files: one line for each file and flavour, and one for each rule that
// is broken. In: for each file its flavours, comma between ("2b,ua1"), then its path. Out, with tabs:
// "file flavour true|false assertions", then "- file flavour count rule message".

import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public class Verapdf {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            for (String flavour : arguments[i].split(",")) {
                judge(arguments[i + 1], flavour);
            }
        }
    }

    private static void judge(String file, String name) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        try (FileInputStream bytes = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(bytes, flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false);
            ValidationResult result = validator.validate(parser);
            String who = file + "\t" + name + "\t";
            System.out.println(who + result.isCompliant() + "\t" + result.getTotalAssertions());
            Map<String, Integer> broken = new TreeMap<>();
            for (TestAssertion each : result.getTestAssertions()) {
                if (each.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = each.getRuleId().getClause() + "-"
                            + each.getRuleId().getTestNumber();
                    broken.merge(rule + "\t" + each.getMessage(), 1, Integer::sum);
                }
            }
            broken.forEach((rule, n) -> System.out.println("-\t" + who + n + "\t" + rule));
        }
    }
}
