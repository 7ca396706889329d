import java.io.File;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Checks PDF files by profiles of veraPDF: PROFILE,PROFILE FILE...
 *
 * One line a verdict (profile, true or false, number of checks, file), and below it one a failed
 * check (nothing, clause, message, place), all with tabs between.
 */
public class PdfJudge {
    static final Logger VERAPDF = Logger.getLogger("org.verapdf"); // held, or it is made anew

    public static void main(String[] words) throws Exception {
        VERAPDF.setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : words[0].split(",")) {
            ValidationProfile profile = profile(name);
            for (String path : List.of(words).subList(1, words.length)) judge(name, profile, path);
        }
    }

    static void judge(String name, ValidationProfile profile, String path) throws Exception {
        var foundry = Foundries.defaultInstance();
        try (PDFAParser parser = foundry.createParser(new File(path), profile.getPDFAFlavour());
                PDFAValidator validator = foundry.createValidator(profile, 20, false, true, false)) {
            ValidationResult result = validator.validate(parser);
            say(name, result.isCompliant(), result.getTotalAssertions(), path);
            for (TestAssertion one : result.getTestAssertions()) {
                String clause = one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber();
                say("", clause, one.getErrorMessage(), one.getLocation().getContext());
            }
        }
    }

    static void say(Object... parts) {
        List<String> texts = new ArrayList<>();
        for (Object part : parts) texts.add(String.valueOf(part).replaceAll("\\s+", " "));
        System.out.println(String.join("\t", texts));
    }

    /** The profile is put together here, since the jar has nothing that reads its own XML. */
    static ValidationProfile profile(String name) throws Exception {
        Element root;
        String place = "/org/verapdf/pdfa/validation/" + name + ".xml";
        try (InputStream source = PdfJudge.class.getResourceAsStream(place)) {
            var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            root = builder.parse(source).getDocumentElement();
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : all(root, "rule")) rules.add(rule(rule));
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element one : all(root, "variable")) {
            variables.add(Profiles.variableFromValues(one.getAttribute("name"),
                one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
        }
        return Profiles.profileFromValues(PDFAFlavour.valueOf(root.getAttribute("flavour")),
            Profiles.profileDetailsFromValues(name, "", "", new Date(0)), "", rules, variables);
    }

    static Rule rule(Element rule) {
        Element id = all(rule, "id").get(0);
        List<ErrorArgument> details = new ArrayList<>();
        for (Element one : all(rule, "argument")) {
            String name = one.getAttribute("name");
            details.add(ErrorArgumentImpl.fromValues(one.getTextContent(), name, null));
        }
        var standard = PDFAFlavour.Specification.valueOf(id.getAttribute("specification"));
        int number = Integer.parseInt(id.getAttribute("testNumber"));
        String deferred = rule.getAttribute("deferred");
        return Profiles.ruleFromValues(
            Profiles.ruleIdFromValues(standard, id.getAttribute("clause"), number),
            rule.getAttribute("object"), deferred.isEmpty() ? null : Boolean.valueOf(deferred),
            rule.getAttribute("tags"), text(rule, "description"), text(rule, "test"),
            Profiles.errorFromValues(text(rule, "message"), details), List.of());
    }

    static List<Element> all(Element within, String tag) {
        NodeList nodes = within.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int at = 0; at < nodes.getLength(); at++) elements.add((Element) nodes.item(at));
        return elements;
    }

    static String text(Element within, String tag) {
        return all(within, tag).get(0).getTextContent();
    }
}
